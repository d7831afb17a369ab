-- One row per storefront and channel, and one per storefront for all of them (channel '').
with
judged as (

    select
        buyers.storefront_id as storefront_id,
        buyers.channel as channel,
        case
            when date_diff('day', buyers.first_order_on, storefronts.data_on) >= $days
            then 1 else 0
        end as is_mature,
        case
            when date_diff('day', buyers.first_order_on, buyers.second_order_on) < $days
            then 1 else 0
        end as came_back
    from buyers
    join storefronts on storefronts.storefront_id = buyers.storefront_id

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
