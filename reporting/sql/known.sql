-- One row per storefront: until when it is known, and the sales that are no buyer's.
with
nobodys as (

    select
        orders.storefront_id as storefront_id,
        sum(orders.is_purchase) as orders,
        sum(orders.sales - orders.refunds) as revenue
    from orders
    left join buyers
        on buyers.storefront_id = orders.storefront_id
        and buyers.person_id = orders.person_id
    where buyers.person_id is null
    group by orders.storefront_id

)

select
    storefronts.storefront_id as storefront_id,
    storefronts.key as key,
    storefronts.data_moment as data_moment,
    storefronts.data_on as data_on,
    cast(coalesce(nobodys.orders, 0) as bigint) as nobodys_orders,
    cast(coalesce(nobodys.revenue, 0) as bigint) as nobodys_revenue
from storefronts
left join nobodys on nobodys.storefront_id = storefronts.storefront_id
