-- One shop.
select
    storefront_id,
    'shop' as key,
    max(placed_at) as data_moment,
    max(placed_on) as data_on,
    cast(null as date) as panel_starts_on
from placed
group by storefront_id
