-- One row per storefront, look back and step of journeys: how many went it.
with
known as (

    select storefront_id, max(placed_us) as until_us
    from orders
    group by storefront_id

)

select
    steps.storefront_id as storefront_id,
    steps.lookback as lookback,
    steps.came_from as came_from,
    steps.towards as towards,
    count(*) as steps
from steps
join known on known.storefront_id = steps.storefront_id
join lookbacks on lookbacks.lookback = steps.lookback
-- What led to no sale so far may yet do so while the look back reaches it.
where steps.is_lost = 0
    or steps.touched_us <= known.until_us - lookbacks.microseconds
group by steps.storefront_id, steps.lookback, steps.came_from, steps.towards
