-- One row per visit that was there before and still is, as it is after.
select
    after_visits.touch_id as touch_id,
    after_visits.touch_rank as touch_rank,
    after_visits.storefront_id as storefront_id,
    after_visits.person_id as person_id,
    after_visits.touched_at as touched_at,
    after_visits.touched_us as touched_us,
    after_visits.channel as channel,
    after_visits.campaign as campaign
from after_visits
join before_visits on before_visits.touch_id = after_visits.touch_id
