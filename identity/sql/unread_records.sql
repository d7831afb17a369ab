-- Customer records the stitching has not read as they are now: one row per record.
-- In: customer records, the ids they carry, what was read of them before.

with claimed as (

    select customer_id, array_agg(value order by value) as claims
    from measurement_identifier
    where kind = %(cross_id)s
    group by customer_id

),

records as (

    select
        record.id,
        record.source_id,
        record.is_guest,
        record.email,
        record.phone,
        record.country,
        system.time_zone,
        system.kind = %(shop)s and not record.is_guest as is_account,
        coalesce(claimed.claims, array[]::text[]) as claims,
        md5(concat_ws(
            chr(31),
            %(version)s::text,
            system.storefront_id,
            system.kind,
            system.time_zone,
            record.is_guest,
            record.first_name,
            record.last_name,
            record.email,
            record.phone,
            record.country,
            coalesce(record.birth_on::text, ''),
            coalesce(claimed.claims::text, '')
        )) as digest
    from measurement_customerrecord as record
    join governance_sourcesystem as system on system.id = record.system_id
    left join claimed on claimed.customer_id = record.id

)

select
    records.id,
    records.source_id,
    records.email,
    records.phone,
    records.country,
    records.time_zone,
    records.is_account,
    records.claims,
    records.digest
from records
left join identity_stitchedrecord as stitched on stitched.record_id = records.id
where stitched.digest is distinct from records.digest
order by records.id
