-- The keys these records have: one row per key.

select id, record_id, kind, value
from identity_key
where record_id = any(%(records)s)
