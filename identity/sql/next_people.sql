-- Numbers for as many new people: one row each.

select nextval(pg_get_serial_sequence('identity_person', 'id'))
from generate_series(1, %(people)s)
