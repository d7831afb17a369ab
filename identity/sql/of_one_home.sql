-- Two records of one storefront and two people who share a value that a household may
-- share, and a last name, but no first name: one row per two records. In: keys, records
-- with their system, open links, values that are set aside.
--
-- Records are paired within what they share and never as a join of all with all, which a
-- planner that expects a handful would walk through row by row.

with limits as (

    select kind, most
    from unnest(%(kinds)s::text[], %(most)s::int[]) as limited (kind, most)

),

carried as (

    select
        system.storefront_id,
        key.kind,
        key.value,
        limits.most,
        record.id,
        record.first_name,
        record.last_name,
        count(*) over same_value as carriers
    from identity_key as key
    join limits on limits.kind = key.kind
    join measurement_customerrecord as record on record.id = key.record_id
    join governance_sourcesystem as system on system.id = record.system_id
    window same_value as (partition by system.storefront_id, key.kind, key.value)

),

homes as (

    select
        carried.kind,
        array_agg(carried.id) as records,
        array_agg(link.person_id) as people,
        array_agg(carried.first_name) as first_names,
        array_agg(carried.last_name) as last_names
    from carried
    join identity_link as link on link.record_id = carried.id and link.ended_at is null
    where carried.carriers > 1
        and (carried.most = 0 or carried.carriers <= carried.most)
        and carried.first_name <> ''
        and carried.last_name <> ''
        and not exists (
            select from identity_quarantinedvalue as aside
            where aside.storefront_id = carried.storefront_id
                and aside.kind = carried.kind
                and aside.value = carried.value
                and aside.lifted_at is null
        )
    group by
        carried.storefront_id,
        carried.kind,
        carried.value,
        lower(trim(carried.last_name))
    having count(distinct link.person_id) > 1
        and count(distinct lower(trim(carried.first_name))) > 1

)

select
    one.id,
    other.id,
    min(one.first_name),
    min(other.first_name),
    min(one.last_name),
    min(other.last_name),
    array_agg(distinct homes.kind order by homes.kind)
from homes
cross join lateral unnest(
    homes.records, homes.people, homes.first_names, homes.last_names
) as one (id, person_id, first_name, last_name)
cross join lateral unnest(
    homes.records, homes.people, homes.first_names, homes.last_names
) as other (id, person_id, first_name, last_name)
where other.id > one.id
    and other.person_id <> one.person_id
    and lower(trim(other.first_name)) <> lower(trim(one.first_name))
group by one.id, other.id
order by one.id, other.id
