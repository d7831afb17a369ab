-- Remove the keys an earlier version made of these records, to be made anew from what
-- they say: one row per key.

delete from identity_key
where record_id = any(%(records)s) and version <> %(version)s
returning record_id, kind, value
