-- One row per product and stretch of days with one cost: what a unit cost the shop.
-- Money is in millionths of the storefront's currency, and of the reporting currency, at
-- the rate of the day the cost began; a cost without a rate is not known.
select
    cost.product_id as product_id,
    cost.valid_from as valid_from,
    coalesce(
        lead(cost.valid_from) over (
            partition by cost.product_id order by cost.valid_from
        ),
        date '9999-12-31'
    ) as valid_until,
    cast(round(cost.cost * case
        when cost.currency = storefront.currency then 1
        else shop_rate.rate
    end, 6) * 1000000 as bigint) as cost,
    cast(round(cost.cost * case
        when cost.currency = %(currency)s then 1
        else reporting_rate.rate
    end, 6) * 1000000 as bigint) as cost_together
from measurement_productcost as cost
join measurement_product as product on product.id = cost.product_id
join governance_sourcesystem as system on system.id = product.system_id
left join governance_storefront as storefront on storefront.id = system.storefront_id
left join measurement_exchangerate as shop_rate
    on shop_rate.base = cost.currency
    and shop_rate.quote = storefront.currency
    and shop_rate."on" = cost.valid_from
left join measurement_exchangerate as reporting_rate
    on reporting_rate.base = cost.currency
    and reporting_rate.quote = %(currency)s
    and reporting_rate."on" = cost.valid_from
