-- Count again who has the values that are set aside and that one of these records has.
-- In: values set aside, keys, records with their storefront.

with touched as (

    select distinct held.id
    from identity_key as key
    join measurement_customerrecord as record on record.id = key.record_id
    join governance_sourcesystem as system on system.id = record.system_id
    join identity_quarantinedvalue as held
        on held.storefront_id = system.storefront_id
        and held.kind = key.kind
        and held.value = key.value
        and held.lifted_at is null
    where key.record_id = any(%(records)s)

),

counted as (

    select
        held.id,
        count(distinct record.id) as records,
        count(distinct nullif(lower(trim(record.last_name)), '')) as surnames
    from identity_quarantinedvalue as held
    join identity_key as key on key.kind = held.kind and key.value = held.value
    join measurement_customerrecord as record on record.id = key.record_id
    join governance_sourcesystem as system
        on system.id = record.system_id and system.storefront_id = held.storefront_id
    where held.id in (select id from touched)
    group by held.id

)

update identity_quarantinedvalue as aside
set records = counted.records, surnames = counted.surnames
from counted
where counted.id = aside.id
    and (aside.records, aside.surnames) <> (counted.records, counted.surnames)
