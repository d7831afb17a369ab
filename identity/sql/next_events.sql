-- Numbers for as many new events: one row each.

select nextval(pg_get_serial_sequence('identity_identityevent', 'id'))
from generate_series(1, %(events)s)
