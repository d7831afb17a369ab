-- One row per step of a journey: from which channel to which, or how it began or ended.
-- Places are those of channels; -1 is the beginning, -2 a sale, -3 that nothing came of it.
-- A journey to a sale has the touches the look back reaches from it; what led to no sale is a
-- journey too, as long as one touch follows the other within the look back.
with
seen as (

    select
        lookbacks.lookback as lookback,
        lookbacks.microseconds as microseconds,
        touches.storefront_id as storefront_id,
        touches.owner as owner,
        touches.person_id as person_id,
        touches.touch_id as touch_id,
        touches.touched_us as touched_us,
        channels.place as place
    from touches
    join channels on channels.channel = touches.channel
    join lookbacks on lookbacks.is_followed = 1

),

moments as (

    select
        lookback, microseconds, storefront_id, owner, person_id, touch_id, touched_us,
        place, 0 as is_sale
    from seen
    union all
    select
        lookbacks.lookback as lookback,
        lookbacks.microseconds as microseconds,
        orders.storefront_id as storefront_id,
        orders.owner as owner,
        orders.person_id as person_id,
        orders.order_id as touch_id,
        orders.placed_us as touched_us,
        0 as place,
        1 as is_sale
    from orders
    join lookbacks on lookbacks.is_followed = 1
    where orders.is_purchase = 1 and orders.person_id is not null

),

awaited as (

    select
        lookback, microseconds, storefront_id, owner, person_id, touch_id, touched_us,
        place, is_sale,
        min(case when is_sale = 1 then touched_us end) over (
            partition by lookback, storefront_id, person_id
            order by touched_us, is_sale, place, touch_id
            rows between current row and unbounded following
        ) as sale_us
    from moments

),

judged as (

    select
        lookback, microseconds, storefront_id, owner, person_id, touch_id, touched_us,
        place,
        case
            when coalesce(sale_us - touched_us, microseconds) >= microseconds then 1
            else 0
        end as is_lost
    from awaited
    where is_sale = 0

),

chained as (

    select
        lookback, microseconds, storefront_id, owner, person_id, touched_us, place,
        is_lost,
        lag(touched_us) over (
            partition by lookback, storefront_id, person_id
            order by touched_us, place, touch_id
        ) as before_us,
        lag(is_lost) over (
            partition by lookback, storefront_id, person_id
            order by touched_us, place, touch_id
        ) as was_lost,
        lead(touched_us) over (
            partition by lookback, storefront_id, person_id
            order by touched_us, place, touch_id
        ) as after_us,
        lead(is_lost) over (
            partition by lookback, storefront_id, person_id
            order by touched_us, place, touch_id
        ) as will_be_lost,
        lead(place) over (
            partition by lookback, storefront_id, person_id
            order by touched_us, place, touch_id
        ) as next_place
    from judged

),

sold as (

    select
        chained.lookback as lookback,
        chained.storefront_id as storefront_id,
        chained.owner as owner,
        chained.touched_us as touched_us,
        chained.place as place,
        case
            when coalesce(chained.before_us, orders.placed_us - chained.microseconds)
                <= orders.placed_us - chained.microseconds
            then 1 else 0
        end as begins,
        case
            when coalesce(chained.after_us, orders.placed_us + 1) > orders.placed_us
            then -2 else chained.next_place
        end as towards
    from orders
    join chained
        on chained.storefront_id = orders.storefront_id
        and chained.person_id = orders.person_id
        and chained.touched_us <= orders.placed_us
        and chained.touched_us > orders.placed_us - chained.microseconds
    where orders.is_purchase = 1

),

lost as (

    select
        lookback,
        storefront_id,
        owner,
        touched_us,
        place,
        case
            when was_lost = 1 and touched_us - before_us < microseconds then 0 else 1
        end as begins,
        case
            when will_be_lost = 1 and after_us - touched_us < microseconds
            then next_place else -3
        end as towards
    from chained
    where is_lost = 1

),

walked as (

    select
        lookback, storefront_id, owner, touched_us, place, begins, towards, 0 as is_lost
    from sold
    union all
    select
        lookback, storefront_id, owner, touched_us, place, begins, towards, 1 as is_lost
    from lost

)

select
    lookback, storefront_id, owner, touched_us, is_lost, place as came_from, towards
from walked
union all
select
    lookback, storefront_id, owner, touched_us, is_lost, -1 as came_from,
    place as towards
from walked
where begins = 1
