-- Who shares a key with a record: one row per record found, with what it says and by which
-- kinds of key. In: the index, three lists side by side (kind, hash, how many others may
-- share it). A key that more share finds nobody: a last row, of no record, has these kinds.

with asked as (

    select kind, hash, most
    from unnest(%(kinds)s::smallint[], %(hashes)s::bigint[], %(most)s::integer[])
        as asked (kind, hash, most)

),

sharing as (

    -- One more than may: so much is read of ten thousand, too.
    select asked.kind, asked.most, found.record_id, count(*) over (partition by asked.kind) as many
    from asked
    cross join lateral (
        select key.record_id
        from identity_indexedkey as key
        where key.kind = asked.kind and key.hash = asked.hash
        limit asked.most + 1
    ) as found

),

found as (

    select record_id, array_agg(kind) as kinds
    from sharing
    where many <= most and record_id <> %(record)s
    group by record_id

)

select found.record_id, found.kinds, record.said, record.is_guest
from found
join identity_indexedrecord as record on record.record_id = found.record_id

union all

select null, array_agg(distinct kind), null, null
from sharing
where many > most
having count(*) > 0
