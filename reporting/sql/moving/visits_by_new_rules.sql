-- One row per visit of before, by the channel and campaign that hold after.
select
    before_visits.touch_id as touch_id,
    before_visits.touch_rank as touch_rank,
    before_visits.storefront_id as storefront_id,
    before_visits.person_id as person_id,
    before_visits.touched_at as touched_at,
    before_visits.touched_us as touched_us,
    coalesce(after_visits.channel, before_visits.channel) as channel,
    coalesce(after_visits.campaign, before_visits.campaign) as campaign
from before_visits
left join after_visits on after_visits.touch_id = before_visits.touch_id
