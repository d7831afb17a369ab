-- One row per storefront and channel something was spent on, and one per storefront for all
-- of them (channel ''). Buyers are those whose first purchase lies in a month between the
-- first and the last of which any spend is known.
with
paid as (

    select storefront_id, channel, month, amount
    from spend
    union all
    select
        storefronts.storefront_id as storefront_id,
        spend.channel as channel,
        spend.month as month,
        spend.amount_together as amount
    from spend
    join storefronts on storefronts.storefront_id = 0

),

shown as (

    select storefront_id, channel, amount from paid
    union all
    select storefront_id, '' as channel, amount from paid

),

spent_on as (

    select
        storefront_id,
        channel,
        cast(sum(coalesce(amount, 0)) as bigint) as amount,
        count(*) as bills,
        cast(sum(case when amount is null then 1 else 0 end) as bigint) as unknown
    from shown
    group by storefront_id, channel

),

spans as (

    select storefront_id, min(month) as first_month, max(month) as last_month
    from paid
    group by storefront_id

),

came as (

    select buyers.storefront_id as storefront_id, buyers.channel as channel
    from buyers
    join spans
        on spans.storefront_id = buyers.storefront_id
        and spans.first_month <= buyers.first_month
        and spans.last_month >= buyers.first_month

),

customers as (

    select storefront_id, channel, count(*) as customers
    from (
        select storefront_id, channel from came
        union all
        select storefront_id, '' as channel from came
    ) as counted
    group by storefront_id, channel

)

select
    spent_on.storefront_id as storefront_id,
    spent_on.channel as channel,
    spent_on.amount as amount,
    spent_on.bills as bills,
    spent_on.unknown as unknown,
    coalesce(customers.customers, 0) as customers
from spent_on
left join customers
    on customers.storefront_id = spent_on.storefront_id
    and customers.channel = spent_on.channel
