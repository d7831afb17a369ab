-- What the weights compare of every record of a storefront: one row per record. In:
-- customer records with their system, the shop customer ids they say they have, what they
-- agreed to. A value that needs a consent the record does not have is not known of it.

with answers as (

    -- What was said last of a purpose, channel by channel: all of it must be a yes.
    select distinct on (event.customer_id, event.purpose, event.channel)
        event.customer_id,
        event.purpose,
        event.state = %(granted)s as is_granted
    from measurement_consentevent as event
    where event.purpose in (
        %(for_email)s, %(for_phone)s, %(for_cross_id)s, %(for_address)s
    )
    order by event.customer_id, event.purpose, event.channel, event.at desc, event.id desc

),

granted as (

    select customer_id, purpose
    from answers
    group by customer_id, purpose
    having bool_and(is_granted)

),

consents as (

    select customer_id, array_agg(purpose) as agreed_to
    from granted
    group by customer_id

),

allowed as (

    select
        record.id,
        %(for_email)s = '' or %(for_email)s = any(consents.agreed_to) as email,
        %(for_phone)s = '' or %(for_phone)s = any(consents.agreed_to) as phone,
        %(for_cross_id)s = '' or %(for_cross_id)s = any(consents.agreed_to) as cross_id,
        %(for_address)s = '' or %(for_address)s = any(consents.agreed_to) as address
    from measurement_customerrecord as record
    left join consents on consents.customer_id = record.id

)

select
    record.id as record,
    system.key as source,
    record.first_name as first,
    record.last_name as last,
    case when allowed.email then record.email else '' end as email,
    case when allowed.phone then record.phone else '' end as phone,
    record.birth_on::text as birth,
    record.country,
    case when allowed.address then record.street else '' end as street,
    case when allowed.address then record.postcode else '' end as postcode,
    case when allowed.address then record.city else '' end as city,
    -- Ids are counted up: one that looks alike is somebody else's. So they are compared
    -- by their digests.
    md5(case
        when not coalesce(allowed.cross_id, false) then null
        when system.kind = %(shop)s and not record.is_guest then record.source_id
        else claimed.value
    end) as cross_id,
    case when system.kind = %(shop)s and not record.is_guest then system.key end
        as account_of,
    record.is_guest
from measurement_customerrecord as record
join allowed on allowed.id = record.id
join governance_sourcesystem as system on system.id = record.system_id
left join lateral (
    select min(identifier.value) as value
    from measurement_identifier as identifier
    where identifier.customer_id = record.id and identifier.kind = %(cross_id)s
) as claimed on true
where system.storefront_id = %(storefront)s
order by record.id
