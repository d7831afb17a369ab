-- One row per storefront and person who bought there: how they came, what they bought.
-- They came by the channel of their earliest touch at or before their first purchase; a
-- credit lowers what they are worth, and makes nobody a buyer.
with
first_orders as (

    select storefront_id, person_id, owner, placed_us, placed_on, month, segment
    from orders
    where nth = 1

),

-- The first moment of all, before who came then is asked: few touches are at it.
began as (

    select
        touches.storefront_id as storefront_id,
        touches.person_id as person_id,
        min(touches.touched_us) as touched_us
    from touches
    join first_orders
        on first_orders.storefront_id = touches.storefront_id
        and first_orders.person_id = touches.person_id
        and first_orders.placed_us >= touches.touched_us
    group by touches.storefront_id, touches.person_id

),

touches_before as (

    select
        touches.storefront_id as storefront_id,
        touches.person_id as person_id,
        touches.channel as channel,
        touches.campaign as campaign,
        row_number() over (
            partition by touches.storefront_id, touches.person_id
            order by touches.touch_rank, touches.touch_id
        ) as nth
    from touches
    join began
        on began.storefront_id = touches.storefront_id
        and began.person_id = touches.person_id
        and began.touched_us = touches.touched_us

),

bought as (

    select
        storefront_id,
        person_id,
        sum(is_purchase) as orders,
        sum(sales - refunds) as revenue,
        min(case when nth = 2 then placed_on end) as second_order_on,
        max(case when is_purchase = 1 then placed_on end) as last_order_on
    from orders
    where person_id is not null
    group by storefront_id, person_id

)

select
    first_orders.storefront_id as storefront_id,
    first_orders.owner as owner,
    first_orders.person_id as person_id,
    coalesce(touches_before.channel, $no_touch) as channel,
    coalesce(touches_before.campaign, '') as campaign,
    first_orders.segment as segment,
    first_orders.month as first_month,
    first_orders.placed_on as first_order_on,
    bought.second_order_on as second_order_on,
    bought.last_order_on as last_order_on,
    cast(bought.orders as bigint) as orders,
    cast(bought.revenue as bigint) as revenue
from first_orders
join bought
    on bought.storefront_id = first_orders.storefront_id
    and bought.person_id = first_orders.person_id
left join touches_before
    on touches_before.storefront_id = first_orders.storefront_id
    and touches_before.person_id = first_orders.person_id
    and touches_before.nth = 1
