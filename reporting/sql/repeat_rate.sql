-- One row per storefront and channel, and one per storefront for all of them (channel '').
with
numbered as (

    select
        orders.storefront_id as storefront_id,
        orders.person_id as person_id,
        orders.placed_on as placed_on,
        row_number() over (
            partition by orders.storefront_id, orders.person_id
            order by orders.placed_at, orders.order_rank, orders.order_id
        ) as nth
    from orders
    where orders.person_id is not null and orders.is_purchase = 1

),

second_orders as (

    select storefront_id, person_id, placed_on
    from numbered
    where nth = 2

),

judged as (

    select
        buyers.storefront_id as storefront_id,
        buyers.channel as channel,
        case
            when date_diff('day', buyers.first_order_on, storefronts.data_on) >= $days
            then 1 else 0
        end as is_mature,
        case
            when date_diff('day', buyers.first_order_on, second_orders.placed_on) < $days
            then 1 else 0
        end as came_back
    from buyers
    join storefronts on storefronts.storefront_id = buyers.storefront_id
    left join second_orders
        on second_orders.storefront_id = buyers.storefront_id
        and second_orders.person_id = buyers.person_id

),

shown as (

    select storefront_id, channel, is_mature, came_back from judged
    union all
    select storefront_id, '' as channel, is_mature, came_back from judged

)

select
    storefront_id,
    channel,
    count(*) as buyers,
    cast(sum(is_mature) as bigint) as mature,
    cast(sum(is_mature * came_back) as bigint) as came_back
from shown
group by storefront_id, channel
