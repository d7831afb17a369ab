-- One row per order that counts as a sale: whose it was at the moment, and when. Its money
-- stands in its lines and refunds.
-- A credit is a sale below zero, and no purchase.
select
    bought.id as order_id,
    -- The same however the rows arrived; ids of ours are not.
    cast(cast('x' || substr(md5(concat(system.key, '/', bought.source_id)), 1, 8)
        as bit(32)) as bigint) as order_rank,
    -- Whose rows are computed together: an order of nobody we know stands alone.
    coalesce(link.person_id, -bought.id) as owner,
    system.storefront_id as storefront_id,
    link.person_id as person_id,
    bought.placed_at at time zone 'UTC' as placed_at,
    cast(extract(epoch from bought.placed_at) * 1000000 as bigint) as placed_us,
    bought.placed_on as placed_on,
    cast(extract(year from bought.placed_on) * 12
        + extract(month from bought.placed_on) - 1 as bigint) as month,
    case when bought.status = 'credit' then 0 else 1 end as is_purchase,
    cast(bought.shipping_shop * 1000000 as bigint) as shipping,
    cast(bought.tax_shop * 1000000 as bigint) as tax,
    cast(bought.shipping_reporting * 1000000 as bigint) as shipping_together,
    cast(bought.tax_reporting * 1000000 as bigint) as tax_together,
    coalesce(context.stage, '') as stage,
    coalesce(context.segment, '') as segment
from measurement_order as bought
join governance_sourcesystem as system on system.id = bought.system_id
left join identity_link as link
    on link.record_id = bought.customer_id
    and link.started_at <= %(moment)s
    and coalesce(link.ended_at, timestamptz 'infinity') > %(moment)s
left join identity_ordercontext as context on context.order_id = bought.id
where bought.status not in ('cancelled', 'test')
