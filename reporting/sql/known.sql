-- One row per storefront: until when it is known, and what was sold to nobody known.
with
nobodys as (

    select
        storefront_id,
        count(*) as orders,
        sum(sales - refunds) as revenue
    from orders
    where person_id is null
    group by storefront_id

)

select
    storefronts.storefront_id as storefront_id,
    storefronts.key as key,
    storefronts.data_moment as data_moment,
    storefronts.data_on as data_on,
    coalesce(nobodys.orders, 0) as nobodys_orders,
    cast(coalesce(nobodys.revenue, 0) as bigint) as nobodys_revenue
from storefronts
left join nobodys on nobodys.storefront_id = storefronts.storefront_id
