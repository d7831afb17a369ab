-- Count who has these values that are set aside: records, and different last names.
-- In: values set aside, keys, records with their storefront.

update identity_quarantinedvalue as aside
set records = counted.records, surnames = counted.surnames
from (

    select
        held.id,
        count(distinct record.id) as records,
        count(distinct nullif(lower(trim(record.last_name)), '')) as surnames
    from identity_quarantinedvalue as held
    join identity_key as key on key.kind = held.kind and key.value = held.value
    join measurement_customerrecord as record on record.id = key.record_id
    join governance_sourcesystem as system
        on system.id = record.system_id and system.storefront_id = held.storefront_id
    where held.id = any(%(values)s)
    group by held.id

) as counted
where counted.id = aside.id
    and (aside.records, aside.surnames) <> (counted.records, counted.surnames)
