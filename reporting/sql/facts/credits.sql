-- One row per sale, look back and channel that is credited: what each model gives it of the
-- sale's net sales, and of the sale itself, in millionths both.
-- A sale that no touch led to stands under place 0. Where shares do not come out even, a
-- channel gets what the channels up to it get together, less what those before it do, both
-- rounded down: so nothing is lost or made, whatever the weights are.
with
bought as (

    select
        orders.storefront_id as storefront_id,
        orders.order_id as order_id,
        lookbacks.lookback as lookback,
        lookbacks.half_life as half_life,
        -- A credit of the shop's is no purchase: nothing led to it.
        case when orders.is_purchase = 1 then orders.person_id end as person_id,
        orders.placed_us as placed_us,
        -- A touch exactly that old is too old.
        orders.placed_us - lookbacks.microseconds as after_us
    from orders
    cross join lookbacks

),

touched as (

    select
        bought.storefront_id as storefront_id,
        bought.order_id as order_id,
        bought.lookback as lookback,
        bought.half_life as half_life,
        (bought.placed_us - touched_by.touched_us) // 86400000000 as age,
        coalesce(touched_by.place, 0) as place,
        touched_by.told as told,
        -- Which touch came first and which last; of two at one instant, by their channels.
        coalesce(
            (touched_by.touched_us - bought.after_us) * 1024 + touched_by.place, 0
        ) as moment
    from bought
    left join (
        select
            touches.storefront_id as storefront_id,
            touches.person_id as person_id,
            touches.touched_us as touched_us,
            channels.place as place,
            channels.told as told
        from touches
        join channels on channels.channel = touches.channel
    ) as touched_by
        on touched_by.storefront_id = bought.storefront_id
        and touched_by.person_id = bought.person_id
        and touched_by.touched_us <= bought.placed_us
        and touched_by.touched_us > bought.after_us

),

by_channel as (

    select
        touched.storefront_id as storefront_id,
        touched.order_id as order_id,
        touched.lookback as lookback,
        touched.place as place,
        count(*) as touches,
        -- What is older than the weights go weighs least.
        cast(sum(coalesce(freshness.weight, 1)) as bigint) as fresh,
        min(touched.moment) as earliest,
        max(touched.moment) as latest,
        max(case when touched.told = 1 then touched.moment else 0 end) as latest_told
    from touched
    left join freshness
        on freshness.half_life = touched.half_life
        and freshness.age = touched.age
    group by
        touched.storefront_id, touched.order_id, touched.lookback, touched.place

),

beside as (

    select
        storefront_id,
        order_id,
        lookback,
        place,
        touches,
        fresh,
        row_number() over (
            partition by storefront_id, order_id, lookback
            order by place
            rows between unbounded preceding and current row
        ) as channels_so_far,
        sum(touches) over (
            partition by storefront_id, order_id, lookback
            order by place
            rows between unbounded preceding and current row
        ) as touches_so_far,
        sum(fresh) over (
            partition by storefront_id, order_id, lookback
            order by place
            rows between unbounded preceding and current row
        ) as fresh_so_far,
        count(*) over (
            partition by storefront_id, order_id, lookback
            order by place
            rows between unbounded preceding and unbounded following
        ) as channels,
        sum(touches) over (
            partition by storefront_id, order_id, lookback
            order by place
            rows between unbounded preceding and unbounded following
        ) as touches_in_all,
        sum(fresh) over (
            partition by storefront_id, order_id, lookback
            order by place
            rows between unbounded preceding and unbounded following
        ) as fresh_in_all,
        min(earliest) over (
            partition by storefront_id, order_id, lookback
            order by place
            rows between unbounded preceding and unbounded following
        ) % 1024 as first_place,
        max(latest) over (
            partition by storefront_id, order_id, lookback
            order by place
            rows between unbounded preceding and unbounded following
        ) % 1024 as last_place,
        max(latest_told) over (
            partition by storefront_id, order_id, lookback
            order by place
            rows between unbounded preceding and unbounded following
        ) % 1024 as told_place
    from by_channel

),

weighed as (

    select
        beside.storefront_id as storefront_id,
        beside.order_id as order_id,
        beside.lookback as lookback,
        beside.place as place,
        case when beside.place = beside.first_place then 1 else 0 end as is_first,
        case when beside.place = beside.last_place then 1 else 0 end as is_last,
        case
            when beside.told_place = 0 and beside.place = beside.last_place then 1
            when beside.told_place = beside.place then 1
            else 0
        end as is_told,
        beside.touches as touches,
        cast(beside.touches_so_far as bigint) as touches_so_far,
        cast(beside.touches_in_all as bigint) as touches_in_all,
        beside.fresh as fresh,
        cast(beside.fresh_so_far as bigint) as fresh_so_far,
        cast(beside.fresh_in_all as bigint) as fresh_in_all,
        beside.channels_so_far as channels_so_far,
        beside.channels as channels,
        case when beside.first_place <= beside.place then 1 else 0 end as was_first,
        case when beside.last_place <= beside.place then 1 else 0 end as was_last,
        lookbacks.first_share as first_share,
        lookbacks.last_share as last_share
    from beside
    join lookbacks on lookbacks.lookback = beside.lookback

),

-- The first touch and the last have their shares, those between them what is left.
positioned as (

    select
        storefront_id,
        order_id,
        lookback,
        place,
        is_first,
        is_last,
        is_told,
        touches,
        touches_so_far,
        touches_in_all,
        fresh,
        fresh_so_far,
        fresh_in_all,
        channels_so_far,
        channels,
        case
            when touches_in_all = 1 then 1
            when touches_in_all = 2 then first_share * is_first + last_share * is_last
            else (touches_in_all - 2) * (first_share * is_first + last_share * is_last)
                + (100 - first_share - last_share) * (touches - is_first - is_last)
        end as position,
        case
            when touches_in_all = 1 then 1
            when touches_in_all = 2 then first_share * was_first + last_share * was_last
            else (touches_in_all - 2) * (first_share * was_first + last_share * was_last)
                + (100 - first_share - last_share)
                * (touches_so_far - was_first - was_last)
        end as position_so_far,
        case
            when touches_in_all = 1 then 1
            when touches_in_all = 2 then first_share + last_share
            else 100 * (touches_in_all - 2)
        end as position_in_all
    from weighed

),

shared as (

    select
        positioned.storefront_id as storefront_id,
        orders.owner as owner,
        positioned.order_id as order_id,
        orders.month as month,
        positioned.lookback as lookback,
        positioned.place as place,
        case when orders.sales < orders.refunds then -1 else 1 end as sign,
        abs(orders.sales - orders.refunds) as net,
        -- One purchase, in millionths; a credit of the shop's is none.
        1000000 * orders.is_purchase as purchase,
        positioned.is_first as is_first,
        positioned.is_last as is_last,
        positioned.is_told as is_told,
        positioned.touches as touches,
        positioned.touches_so_far as touches_so_far,
        positioned.touches_in_all as touches_in_all,
        positioned.position as position,
        positioned.position_so_far as position_so_far,
        positioned.position_in_all as position_in_all,
        positioned.fresh as fresh,
        positioned.fresh_so_far as fresh_so_far,
        positioned.fresh_in_all as fresh_in_all,
        positioned.channels_so_far as channels_so_far,
        positioned.channels as channels
    from positioned
    join orders
        on orders.storefront_id = positioned.storefront_id
        and orders.order_id = positioned.order_id

)

select
    storefront_id,
    owner,
    order_id,
    month,
    lookback,
    place,
    sign * net * is_first as first_touch,
    sign * net * is_last as last_touch,
    sign * net * is_told as last_non_direct,
    sign * (
        (net // touches_in_all) * touches
        + (net % touches_in_all) * touches_so_far // touches_in_all
        - (net % touches_in_all) * (touches_so_far - touches) // touches_in_all
    ) as linear,
    sign * (
        (net // position_in_all) * position
        + (net % position_in_all) * position_so_far // position_in_all
        - (net % position_in_all) * (position_so_far - position) // position_in_all
    ) as position_based,
    sign * (
        (net // fresh_in_all) * fresh
        + (net % fresh_in_all) * fresh_so_far // fresh_in_all
        - (net % fresh_in_all) * (fresh_so_far - fresh) // fresh_in_all
    ) as time_decay,
    sign * (
        net // channels
        + (net % channels) * channels_so_far // channels
        - (net % channels) * (channels_so_far - 1) // channels
    ) as shapley,
    purchase * is_first as first_touch_orders,
    purchase * is_last as last_touch_orders,
    purchase * is_told as last_non_direct_orders,
    (
        (purchase // touches_in_all) * touches
        + (purchase % touches_in_all) * touches_so_far // touches_in_all
        - (purchase % touches_in_all) * (touches_so_far - touches) // touches_in_all
    ) as linear_orders,
    (
        (purchase // position_in_all) * position
        + (purchase % position_in_all) * position_so_far // position_in_all
        - (purchase % position_in_all) * (position_so_far - position) // position_in_all
    ) as position_based_orders,
    (
        (purchase // fresh_in_all) * fresh
        + (purchase % fresh_in_all) * fresh_so_far // fresh_in_all
        - (purchase % fresh_in_all) * (fresh_so_far - fresh) // fresh_in_all
    ) as time_decay_orders,
    (
        purchase // channels
        + (purchase % channels) * channels_so_far // channels
        - (purchase % channels) * (channels_so_far - 1) // channels
    ) as shapley_orders
from shared
