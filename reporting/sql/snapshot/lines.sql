-- One row per line of an order that counts as a sale: what was taken for it, and what the
-- shop took off it. Money is in millionths of the shop's currency, and of the reporting
-- currency.
-- What a maker's coupon paid is no discount of the shop's: the maker pays it back.
select
    line.order_id as order_id,
    bought.placed_on as placed_on,
    line.kind as kind,
    line.product_id as product_id,
    -- What was brought back costs the shop nothing.
    line.quantity - coalesce(returned.quantity, 0) as kept,
    cast(line.amount_shop * 1000000 as bigint) as sales,
    cast(round((line.retail_discount + line.coupon_match_discount)
        * coalesce(shop_rate.rate, 1), 6) * 1000000 as bigint) as discounts,
    cast(line.amount_reporting * 1000000 as bigint) as sales_together,
    cast(round((line.retail_discount + line.coupon_match_discount)
        * coalesce(reporting_rate.rate, 1), 6) * 1000000 as bigint)
        as discounts_together
from measurement_orderline as line
join measurement_order as bought on bought.id = line.order_id
left join measurement_exchangerate as shop_rate on shop_rate.id = bought.shop_rate_id
left join measurement_exchangerate as reporting_rate
    on reporting_rate.id = bought.reporting_rate_id
left join (
    select line_id, sum(quantity) as quantity
    from measurement_refundline
    group by line_id
) as returned on returned.line_id = line.id
where bought.status not in ('cancelled', 'test')
