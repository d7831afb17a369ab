-- Remove the keys an earlier version made of these records: they are made anew.

delete from identity_key
where record_id = any(%(records)s) and version <> %(version)s
