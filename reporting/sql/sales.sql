-- One row per storefront and channel, one per storefront and month (channel ''), and one
-- per storefront for all of them (channel '', month null).
-- The total is counted apart from the channels: where they differ, a join has gone wrong.
with
by_channel as (

    select
        orders.storefront_id as storefront_id,
        coalesce(buyers.channel, $no_touch) as channel,
        sum(orders.is_purchase) as orders,
        sum(orders.sales - orders.refunds) as revenue
    from orders
    left join buyers
        on buyers.storefront_id = orders.storefront_id
        and buyers.person_id = orders.person_id
    group by orders.storefront_id, coalesce(buyers.channel, $no_touch)

),

customers_by_channel as (

    select storefront_id, channel, count(*) as customers
    from buyers
    group by storefront_id, channel

),

customers_in_total as (

    select storefront_id, count(distinct person_id) as customers
    from orders
    where is_purchase = 1
    group by storefront_id

),

by_month as (

    select
        orders.storefront_id as storefront_id,
        orders.month as month,
        max(case when months.ends_on <= storefronts.data_on then 1 else 0 end)
            as has_ended,
        sum(orders.is_purchase) as orders,
        sum(orders.sales - orders.refunds) as revenue
    from orders
    join months on months.month = orders.month
    join storefronts on storefronts.storefront_id = orders.storefront_id
    group by orders.storefront_id, orders.month

),

in_total as (

    select
        storefront_id,
        sum(is_purchase) as orders,
        sum(sales - refunds) as revenue
    from orders
    group by storefront_id

)

select
    by_channel.storefront_id as storefront_id,
    by_channel.channel as channel,
    cast(null as bigint) as month,
    1 as has_ended,
    coalesce(customers_by_channel.customers, 0) as customers,
    cast(by_channel.orders as bigint) as orders,
    cast(by_channel.revenue as bigint) as revenue
from by_channel
left join customers_by_channel
    on customers_by_channel.storefront_id = by_channel.storefront_id
    and customers_by_channel.channel = by_channel.channel
union all
select
    storefront_id,
    '' as channel,
    month,
    has_ended,
    cast(null as bigint) as customers,
    cast(orders as bigint) as orders,
    cast(revenue as bigint) as revenue
from by_month
union all
select
    in_total.storefront_id as storefront_id,
    '' as channel,
    cast(null as bigint) as month,
    1 as has_ended,
    coalesce(customers_in_total.customers, 0) as customers,
    cast(in_total.orders as bigint) as orders,
    cast(in_total.revenue as bigint) as revenue
from in_total
left join customers_in_total
    on customers_in_total.storefront_id = in_total.storefront_id
