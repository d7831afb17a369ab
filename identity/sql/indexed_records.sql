-- What the index holds of these records: one row per record.

select record_id, said, is_guest
from identity_indexedrecord
where record_id = any(%(records)s::bigint[])
