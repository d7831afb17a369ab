-- Which records share a key with which of those given: one row per two of them, with the
-- kinds of the keys. In: the index, three lists side by side (record, kind, hash), and how
-- many others may share a key of a kind. A key that more share finds nobody: a row of the
-- record and of nobody else has these kinds.

with asked as (

    select record_id, kind, hash
    from unnest(%(records)s::bigint[], %(kinds)s::smallint[], %(hashes)s::bigint[])
        as asked (record_id, kind, hash)

),

looked_for as (

    select distinct asked.kind, asked.hash, limits.most
    from asked
    join unnest(%(limited)s::smallint[], %(most)s::integer[]) as limits (kind, most)
        on limits.kind = asked.kind

),

sharing as (

    select
        looked_for.kind,
        looked_for.hash,
        looked_for.most,
        found.record_id,
        count(*) over (partition by looked_for.kind, looked_for.hash) as many
    from looked_for
    cross join lateral (
        select key.record_id
        from identity_indexedkey as key
        where key.kind = looked_for.kind and key.hash = looked_for.hash
        limit looked_for.most + 1
    ) as found

)

select
    asked.record_id,
    case when sharing.many <= sharing.most then sharing.record_id end as other_id,
    array_agg(distinct sharing.kind)
from sharing
join asked on asked.kind = sharing.kind and asked.hash = sharing.hash
where sharing.many > sharing.most or sharing.record_id <> asked.record_id
group by asked.record_id, other_id
