-- Two records of one storefront and two people who share a value that a household may
-- share, and a last name, but no first name: one row per two records. In: keys, records
-- with their system, open links, values that are set aside.

with limits as (

    select kind, most
    from unnest(%(kinds)s::text[], %(most)s::int[]) as limited (kind, most)

),

shared as (

    select system.storefront_id, key.kind, key.value
    from identity_key as key
    join limits on limits.kind = key.kind
    join measurement_customerrecord as record on record.id = key.record_id
    join governance_sourcesystem as system on system.id = record.system_id
    group by system.storefront_id, key.kind, key.value, limits.most
    having count(*) > 1 and (limits.most = 0 or count(*) <= limits.most)

),

sharing as (

    select
        shared.storefront_id,
        shared.kind,
        shared.value,
        record.id,
        record.first_name,
        record.last_name,
        lower(trim(record.first_name)) as first,
        lower(trim(record.last_name)) as last,
        link.person_id
    from shared
    join identity_key as key on key.kind = shared.kind and key.value = shared.value
    join measurement_customerrecord as record on record.id = key.record_id
    join governance_sourcesystem as system
        on system.id = record.system_id
        and system.storefront_id = shared.storefront_id
    join identity_link as link on link.record_id = record.id and link.ended_at is null
    where record.first_name <> '' and record.last_name <> ''
        and not exists (
            select from identity_quarantinedvalue as aside
            where aside.storefront_id = shared.storefront_id
                and aside.kind = shared.kind
                and aside.value = shared.value
                and aside.lifted_at is null
        )

)

select
    one.id,
    other.id,
    min(one.first_name),
    min(other.first_name),
    min(one.last_name),
    min(other.last_name),
    array_agg(distinct one.kind order by one.kind)
from sharing as one
join sharing as other
    on other.storefront_id = one.storefront_id
    and other.kind = one.kind
    and other.value = one.value
    and other.last = one.last
    and other.first <> one.first
    and other.person_id <> one.person_id
    and other.id > one.id
group by one.id, other.id
order by one.id, other.id
