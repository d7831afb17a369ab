-- One row per storefront and channel, and one per storefront for all of them (channel '').
-- Sums, and sums of squares, of what each mature buyer spent: the mean comes last.
with
aged as (

    select
        buyers.storefront_id as storefront_id,
        buyers.person_id as person_id,
        buyers.channel as channel,
        buyers.first_order_on as first_order_on,
        case
            when date_diff('day', buyers.first_order_on, storefronts.data_on) >= $days
            then 1 else 0
        end as is_mature
    from buyers
    join storefronts on storefronts.storefront_id = buyers.storefront_id

),

valued as (

    select
        aged.storefront_id as storefront_id,
        aged.channel as channel,
        aged.is_mature as is_mature,
        cast(
            case when aged.is_mature = 1 then coalesce(spent.net, 0) else 0 end
            as decimal(38, 0)
        ) as net
    from aged
    left join spent
        on spent.storefront_id = aged.storefront_id
        and spent.person_id = aged.person_id
        and spent.days = $days

),

shown as (

    select storefront_id, channel, is_mature, net from valued
    union all
    select storefront_id, '' as channel, is_mature, net from valued

)

select
    storefront_id,
    channel,
    count(*) as buyers,
    cast(sum(is_mature) as bigint) as mature,
    cast(sum(net) as bigint) as net,
    -- Nineteen digits each: the square of a bigint does not fit one.
    cast(
        sum(cast(net as decimal(19, 0)) * cast(net as decimal(19, 0))) as decimal(38, 0)
    ) as net_squared
from shown
group by storefront_id, channel
