-- One row per storefront, buyer and window of days: net sales from the day of the first
-- purchase on, for so many days.
select
    buyers.storefront_id as storefront_id,
    buyers.owner as owner,
    buyers.person_id as person_id,
    windows.days as days,
    cast(sum(
        case
            when date_diff('day', buyers.first_order_on, orders.placed_on) < windows.days
            then orders.sales - orders.refunds
            else 0
        end
    ) as bigint) as net
from buyers
join orders
    on orders.storefront_id = buyers.storefront_id
    and orders.person_id = buyers.person_id
cross join windows
-- A credit may stand before the first purchase we know of.
where date_diff('day', buyers.first_order_on, orders.placed_on) >= 0
group by buyers.storefront_id, buyers.owner, buyers.person_id, windows.days
