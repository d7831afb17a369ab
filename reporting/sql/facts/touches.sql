-- One row per visit of a person we know; storefront 0 has those of all storefronts.
select
    touch_id,
    touch_rank,
    person_id as owner,
    storefront_id,
    person_id,
    touched_at,
    touched_us,
    channel,
    campaign
from visits
union all
select
    visits.touch_id as touch_id,
    visits.touch_rank as touch_rank,
    visits.person_id as owner,
    storefronts.storefront_id as storefront_id,
    visits.person_id as person_id,
    visits.touched_at as touched_at,
    visits.touched_us as touched_us,
    visits.channel as channel,
    visits.campaign as campaign
from visits
join storefronts on storefronts.storefront_id = 0
