-- One row per storefront and channel, campaign or segment of its buyers (the other two ''),
-- and one per storefront for all of them: who was known for so many days, and came back.
with
judged as (

    select
        buyers.storefront_id as storefront_id,
        buyers.channel as channel,
        buyers.campaign as campaign,
        buyers.segment as segment,
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

    select
        storefront_id, '' as channel, '' as campaign, '' as segment, is_mature, came_back
    from judged
    union all
    select
        storefront_id, channel, '' as campaign, '' as segment, is_mature, came_back
    from judged
    union all
    select
        storefront_id, '' as channel, campaign, '' as segment, is_mature, came_back
    from judged
    where campaign <> ''
    union all
    select
        storefront_id, '' as channel, '' as campaign, segment, is_mature, came_back
    from judged
    where segment <> ''

)

select
    storefront_id,
    channel,
    campaign,
    segment,
    count(*) as buyers,
    cast(sum(is_mature) as bigint) as mature,
    cast(sum(is_mature * came_back) as bigint) as came_back
from shown
group by storefront_id, channel, campaign, segment
