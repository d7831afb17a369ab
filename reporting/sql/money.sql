-- One row per storefront and month, and one per storefront for all of them (month null):
-- what was sold by the day of the order, what was given back by the day of the refund, and
-- how many people bought, for the first time or again.
with
sold as (

    select
        storefront_id,
        month,
        cast(sum(is_purchase) as bigint) as orders,
        cast(sum(gross) as bigint) as gross,
        cast(sum(discounts) as bigint) as discounts,
        cast(sum(returns) as bigint) as returns,
        cast(sum(sales) as bigint) as sales,
        cast(sum(refunds) as bigint) as refunds,
        cast(sum(cost) as bigint) as cost,
        cast(sum(costed) as bigint) as costed,
        cast(sum(shipping) as bigint) as shipping,
        cast(sum(tax) as bigint) as tax,
        cast(sum(case when nth = 1 then 1 else 0 end) as bigint) as new_customers,
        cast(sum(case when nth = 1 then sales - refunds else 0 end) as bigint)
            as net_of_new,
        cast(sum(case when person_id is null then sales - refunds else 0 end) as bigint)
            as net_of_nobody
    from orders
    group by storefront_id, month

),

came_again as (

    select storefront_id, month, count(*) as returning_customers
    from person_months
    where orders > 0 and month > first_month
    group by storefront_id, month

),

paid_back as (

    select storefront_id, month, cast(sum(amount) as bigint) as refunds_by_day
    from refunded
    group by storefront_id, month

),

known as (

    select storefront_id, min(month) as first, max(month) as last
    from sold
    group by storefront_id

),

shown as (

    select known.storefront_id as storefront_id, months.month as month
    from known
    join months on months.month >= known.first and months.month <= known.last
    union
    select storefront_id, month from paid_back

),

by_month as (

    select
        shown.storefront_id as storefront_id,
        shown.month as month,
        case when months.ends_on <= storefronts.data_on then 1 else 0 end as has_ended,
        coalesce(sold.orders, 0) as orders,
        coalesce(sold.gross, 0) as gross,
        coalesce(sold.discounts, 0) as discounts,
        coalesce(sold.returns, 0) as returns,
        coalesce(sold.sales, 0) as sales,
        coalesce(sold.refunds, 0) as refunds,
        coalesce(paid_back.refunds_by_day, 0) as refunds_by_day,
        coalesce(sold.cost, 0) as cost,
        coalesce(sold.costed, 0) as costed,
        coalesce(sold.shipping, 0) as shipping,
        coalesce(sold.tax, 0) as tax,
        coalesce(sold.net_of_new, 0) as net_of_new,
        coalesce(sold.net_of_nobody, 0) as net_of_nobody,
        coalesce(sold.new_customers, 0) as new_customers,
        coalesce(came_again.returning_customers, 0) as returning_customers
    from shown
    join storefronts on storefronts.storefront_id = shown.storefront_id
    left join months on months.month = shown.month
    left join sold
        on sold.storefront_id = shown.storefront_id
        and sold.month = shown.month
    left join came_again
        on came_again.storefront_id = shown.storefront_id
        and came_again.month = shown.month
    left join paid_back
        on paid_back.storefront_id = shown.storefront_id
        and paid_back.month = shown.month

)

select
    storefront_id,
    month,
    has_ended,
    orders,
    gross,
    discounts,
    returns,
    sales,
    refunds,
    refunds_by_day,
    cost,
    costed,
    shipping,
    tax,
    net_of_new,
    net_of_nobody,
    new_customers,
    returning_customers
from by_month
union all
select
    storefront_id,
    cast(null as bigint) as month,
    1 as has_ended,
    cast(sum(orders) as bigint) as orders,
    cast(sum(gross) as bigint) as gross,
    cast(sum(discounts) as bigint) as discounts,
    cast(sum(returns) as bigint) as returns,
    cast(sum(sales) as bigint) as sales,
    cast(sum(refunds) as bigint) as refunds,
    cast(sum(refunds_by_day) as bigint) as refunds_by_day,
    cast(sum(cost) as bigint) as cost,
    cast(sum(costed) as bigint) as costed,
    cast(sum(shipping) as bigint) as shipping,
    cast(sum(tax) as bigint) as tax,
    cast(sum(net_of_new) as bigint) as net_of_new,
    cast(sum(net_of_nobody) as bigint) as net_of_nobody,
    cast(sum(new_customers) as bigint) as new_customers,
    -- Who came back in several months is one person: counted by month alone.
    cast(null as bigint) as returning_customers
from by_month
group by storefront_id
