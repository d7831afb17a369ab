-- Forget what was read of these records: the next stitching reads them whatever they say.

delete from identity_stitchedrecord
where record_id = any(%(records)s)
