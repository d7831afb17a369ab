-- Numbers for as many new links: one row each.

select nextval(pg_get_serial_sequence('identity_link', 'id'))
from generate_series(1, %(links)s)
