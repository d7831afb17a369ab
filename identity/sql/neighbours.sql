-- Records that share a key of these kinds, or a person, with the given ones, or that weights
-- join to one of them: their ids. In: keys, records with their storefront (nobody is known
-- across two), values that are set aside and lead to nobody but where they are looked at
-- again, open links, pairs that weights join.

with said as (

    select distinct system.storefront_id, key.kind, key.value
    from identity_key as key
    join measurement_customerrecord as record on record.id = key.record_id
    join governance_sourcesystem as system on system.id = record.system_id
    left join identity_quarantinedvalue as aside
        on aside.storefront_id = system.storefront_id
        and aside.kind = key.kind
        and aside.value = key.value
        and aside.lifted_at is null
        and aside.id <> all(%(reconsidered)s::bigint[])
    where key.record_id = any(%(records)s)
        and key.kind = any(%(kinds)s)
        and aside.id is null

)

select key.record_id
from said
join identity_key as key on key.kind = said.kind and key.value = said.value
join measurement_customerrecord as record on record.id = key.record_id
join governance_sourcesystem as system
    on system.id = record.system_id and system.storefront_id = said.storefront_id

union

select theirs.record_id
from identity_link as ours
join identity_link as theirs on theirs.person_id = ours.person_id
where ours.record_id = any(%(records)s)
    and ours.ended_at is null
    and theirs.ended_at is null

union

select pair.right_id
from identity_likelypair as pair
where pair.left_id = any(%(records)s)

union

select pair.left_id
from identity_likelypair as pair
where pair.right_id = any(%(records)s)
