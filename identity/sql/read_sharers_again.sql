-- Have the records that carry these values read again: whom they join has changed.
-- In: values set aside, keys, records with their storefront.

delete from identity_stitchedrecord
where record_id in (

    select record.id
    from identity_quarantinedvalue as held
    join identity_key as key on key.kind = held.kind and key.value = held.value
    join measurement_customerrecord as record on record.id = key.record_id
    join governance_sourcesystem as system
        on system.id = record.system_id and system.storefront_id = held.storefront_id
    where held.id = any(%(values)s)

)
