-- Take these keys out of the index: three lists side by side.

delete from identity_indexedkey as key
using unnest(%(kinds)s::smallint[], %(hashes)s::bigint[], %(records)s::bigint[])
    as gone (kind, hash, record_id)
where key.kind = gone.kind and key.hash = gone.hash and key.record_id = gone.record_id
