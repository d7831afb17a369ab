-- One row per storefront, channel ('' all), segment ('' all) and day after the first
-- purchase: how many bought again that day, and of how many that is the last day known.
-- The days asked about stand beside, for whoever reads the rows.
with
followed as (

    select
        buyers.storefront_id as storefront_id,
        buyers.channel as channel,
        buyers.segment as segment,
        date_diff(
            'day',
            buyers.first_order_on,
            coalesce(buyers.second_order_on, storefronts.data_on)
        ) as day,
        case when buyers.second_order_on is null then 0 else 1 end as came_back
    from buyers
    join storefronts on storefronts.storefront_id = buyers.storefront_id

),

shown as (

    select storefront_id, '' as channel, '' as segment, day, came_back from followed
    union all
    select storefront_id, channel, '' as segment, day, came_back from followed
    union all
    select storefront_id, '' as channel, segment, day, came_back from followed
    where segment <> ''

)

select
    storefront_id,
    channel,
    segment,
    cast(day as bigint) as day,
    cast(sum(came_back) as bigint) as came_back,
    cast(sum(1 - came_back) as bigint) as not_known,
    cast($days as bigint) as within
from shown
group by storefront_id, channel, segment, day
