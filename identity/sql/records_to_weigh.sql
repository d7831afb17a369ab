-- What the weights compare of every record of a storefront: one row per record. In:
-- customer records with their system, the shop customer ids they say they have.

select
    record.id as record,
    system.key as source,
    record.first_name as first,
    record.last_name as last,
    record.email,
    record.phone,
    record.birth_on::text as birth,
    record.country,
    record.street,
    record.postcode,
    record.city,
    -- Ids are counted up: one that looks alike is somebody else's. So they are compared
    -- by their digests.
    md5(case
        when system.kind = %(shop)s and not record.is_guest then record.source_id
        else claimed.value
    end) as cross_id,
    case when system.kind = %(shop)s and not record.is_guest then system.key end
        as account_of,
    record.is_guest
from measurement_customerrecord as record
join governance_sourcesystem as system on system.id = record.system_id
left join lateral (
    select min(identifier.value) as value
    from measurement_identifier as identifier
    where identifier.customer_id = record.id and identifier.kind = %(cross_id)s
) as claimed on true
where system.storefront_id = %(storefront)s
order by record.id
