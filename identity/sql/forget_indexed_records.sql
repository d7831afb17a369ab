-- Take these records out of the index; their keys go apart.

delete from identity_indexedrecord
where record_id = any(%(records)s::bigint[])
