-- One row per storefront, owner and month in which something was sold; refunds stand in the
-- month of their order.
-- Who is nobody's we know has the channel of no touch, and is no buyer.
with
summed as (

    select
        storefront_id,
        owner,
        person_id,
        month,
        cast(sum(is_purchase) as bigint) as orders,
        cast(sum(case when nth = 1 then 1 else 0 end) as bigint) as new_buyers,
        cast(sum(case when nth > 1 then 1 else 0 end) as bigint) as orders_again,
        cast(sum(gross) as bigint) as gross,
        cast(sum(discounts) as bigint) as discounts,
        cast(sum(returns) as bigint) as returns,
        cast(sum(adjustments) as bigint) as adjustments,
        cast(sum(sales) as bigint) as sales,
        cast(sum(refunds) as bigint) as refunds,
        cast(sum(case when nth = 1 then sales - refunds else 0 end) as bigint)
            as net_of_new,
        cast(sum(cost) as bigint) as cost,
        cast(sum(costed) as bigint) as costed,
        cast(sum(shipping) as bigint) as shipping,
        cast(sum(tax) as bigint) as tax
    from orders
    group by storefront_id, owner, person_id, month

)

select
    summed.storefront_id as storefront_id,
    summed.owner as owner,
    summed.person_id as person_id,
    coalesce(buyers.channel, $no_touch) as channel,
    coalesce(buyers.segment, '') as segment,
    buyers.first_month as first_month,
    summed.month as month,
    summed.orders as orders,
    summed.new_buyers as new_buyers,
    summed.orders_again as orders_again,
    summed.gross as gross,
    summed.discounts as discounts,
    summed.returns as returns,
    summed.adjustments as adjustments,
    summed.sales as sales,
    summed.refunds as refunds,
    summed.net_of_new as net_of_new,
    summed.cost as cost,
    summed.costed as costed,
    summed.shipping as shipping,
    summed.tax as tax
from summed
left join buyers
    on buyers.storefront_id = summed.storefront_id
    and buyers.person_id = summed.person_id
