-- What the judging reads of the given records, and whom they belong to now: one row each.
-- In: records with their system, keys, open links with their person.

with keyed as (

    select
        key.record_id,
        array_agg(key.value order by key.value) filter (where key.kind = 'email')
            as emails,
        array_agg(key.value order by key.value) filter (where key.kind = 'phone')
            as phones,
        array_agg(key.value order by key.value) filter (where key.kind = 'cross_id')
            as claims,
        array_agg(key.kind order by key.kind, key.value)
            filter (where key.kind = any(%(limited)s)) as limited_kinds,
        array_agg(key.value order by key.kind, key.value)
            filter (where key.kind = any(%(limited)s)) as limited_values
    from identity_key as key
    where key.record_id = any(%(records)s)
    group by key.record_id

)

select
    record.id,
    system.key,
    record.source_id,
    system.storefront_id,
    record.first_name,
    record.last_name,
    record.birth_on,
    case when system.kind = %(shop)s and not record.is_guest then system.id end,
    record.is_guest,
    coalesce(keyed.emails, array[]::text[]),
    coalesce(keyed.phones, array[]::text[]),
    coalesce(keyed.claims, array[]::text[]),
    coalesce(keyed.limited_kinds, array[]::text[]),
    coalesce(keyed.limited_values, array[]::text[]),
    (coalesce(record.source_updated_at, record.created_at) at time zone 'utc')::date,
    link.id,
    link.person_id,
    link.started_at,
    link.reason,
    person.made_at,
    person.locked_at
from measurement_customerrecord as record
join governance_sourcesystem as system on system.id = record.system_id
left join keyed on keyed.record_id = record.id
left join identity_link as link on link.record_id = record.id and link.ended_at is null
left join identity_person as person on person.id = link.person_id
where record.id = any(%(records)s)
order by record.id
