-- Customer records the stitching has not read as they are now: one row per record.
-- In: customer records, the ids they carry, what they agreed to, what was read before.

with claimed as (

    select customer_id, array_agg(value order by value) as claims
    from measurement_identifier
    where kind = %(cross_id)s
    group by customer_id

),

carried as (

    select
        customer_id,
        array_agg(kind order by kind, value) as kinds,
        array_agg(value order by kind, value) as carried
    from measurement_identifier
    where kind = any(%(kinds)s)
    group by customer_id

),

answers as (

    -- What was said last of a purpose, channel by channel: all of it must be a yes.
    select distinct on (customer_id, purpose, channel)
        customer_id,
        purpose,
        state = %(granted)s as is_granted
    from measurement_consentevent
    where purpose = any(%(purposes)s)
    order by customer_id, purpose, channel, at desc, id desc

),

granted as (

    select customer_id, purpose
    from answers
    group by customer_id, purpose
    having bool_and(is_granted)

),

consents as (

    select customer_id, array_agg(purpose order by purpose) as agreed_to
    from granted
    group by customer_id

),

refusals as (
    select customer_id, array_agg(distinct purpose order by purpose) as refused
    from answers
    where not is_granted
    group by customer_id
),
records as (

    select
        record.id,
        record.source_id,
        record.first_name,
        record.last_name,
        record.email,
        record.phone,
        record.street,
        record.postcode,
        record.country,
        record.birth_on,
        system.time_zone,
        system.kind = %(shop)s and not record.is_guest as is_account,
        coalesce(claimed.claims, array[]::text[]) as claims,
        coalesce(carried.kinds, array[]::text[]) as kinds,
        coalesce(carried.carried, array[]::text[]) as carried,
        coalesce(consents.agreed_to, array[]::text[]) as agreed_to,
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
            record.street,
            record.postcode,
            record.country,
            coalesce(record.birth_on::text, ''),
            coalesce(claimed.claims::text, ''),
            coalesce(carried.kinds::text, ''),
            coalesce(carried.carried::text, ''),
            coalesce(consents.agreed_to::text, ''),
            -- Who said no keeps others of the same person from being known by it.
            refusals.refused::text
        )) as digest
    from measurement_customerrecord as record
    join governance_sourcesystem as system on system.id = record.system_id
    left join claimed on claimed.customer_id = record.id
    left join carried on carried.customer_id = record.id
    left join consents on consents.customer_id = record.id
    left join refusals on refusals.customer_id = record.id

)

select
    records.id,
    records.source_id,
    records.first_name,
    records.last_name,
    records.email,
    records.phone,
    records.street,
    records.postcode,
    records.country,
    records.birth_on,
    records.time_zone,
    records.is_account,
    records.claims,
    records.kinds,
    records.carried,
    records.agreed_to,
    records.digest
from records
left join identity_stitchedrecord as stitched on stitched.record_id = records.id
where stitched.digest is distinct from records.digest
order by records.id
