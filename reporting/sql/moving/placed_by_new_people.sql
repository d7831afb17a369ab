-- One row per order of before, whose it is after.
select
    before_placed.order_id as order_id,
    before_placed.order_rank as order_rank,
    case
        when after_placed.order_id is null then before_placed.owner
        else after_placed.owner
    end as owner,
    before_placed.storefront_id as storefront_id,
    case
        when after_placed.order_id is null then before_placed.person_id
        else after_placed.person_id
    end as person_id,
    before_placed.placed_at as placed_at,
    before_placed.placed_us as placed_us,
    before_placed.placed_on as placed_on,
    before_placed.month as month,
    before_placed.is_purchase as is_purchase,
    before_placed.shipping as shipping,
    before_placed.tax as tax,
    before_placed.shipping_together as shipping_together,
    before_placed.tax_together as tax_together,
    case
        when after_placed.order_id is null then before_placed.stage
        else after_placed.stage
    end as stage,
    case
        when after_placed.order_id is null then before_placed.segment
        else after_placed.segment
    end as segment
from before_placed
left join after_placed on after_placed.order_id = before_placed.order_id
