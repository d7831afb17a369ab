-- One row per order that was there before and still counts, as it is after.
select
    after_placed.order_id as order_id,
    after_placed.order_rank as order_rank,
    after_placed.owner as owner,
    after_placed.storefront_id as storefront_id,
    after_placed.person_id as person_id,
    after_placed.placed_at as placed_at,
    after_placed.placed_us as placed_us,
    after_placed.placed_on as placed_on,
    after_placed.month as month,
    after_placed.is_purchase as is_purchase,
    after_placed.shipping as shipping,
    after_placed.tax as tax,
    after_placed.shipping_together as shipping_together,
    after_placed.tax_together as tax_together,
    after_placed.stage as stage,
    after_placed.segment as segment
from after_placed
join before_placed on before_placed.order_id = after_placed.order_id
