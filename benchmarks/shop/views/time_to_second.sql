-- One row per number of days since the first purchase: who made a second one that day, and of
-- whom that is all that is known.
select
    date_diff(
        'day',
        buyers.first_order_on,
        coalesce(buyers.second_order_on, storefronts.data_on)
    ) as day,
    count(buyers.second_order_on) as came_back,
    count(*) - count(buyers.second_order_on) as not_known
from buyers
join storefronts on storefronts.storefront_id = buyers.storefront_id
group by date_diff(
    'day',
    buyers.first_order_on,
    coalesce(buyers.second_order_on, storefronts.data_on)
)
