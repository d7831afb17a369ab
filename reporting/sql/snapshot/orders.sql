-- One row per order that counts as a sale: whose it was at the moment, and its money.
-- A credit is a sale below zero, and no purchase.
-- Money is in millionths of the shop's currency; refunds stand on their order.
select
    bought.id as order_id,
    -- The same however the rows arrived; ids of ours are not.
    cast(cast('x' || substr(md5(concat(system.key, '/', bought.source_id)), 1, 15)
        as bit(60)) as bigint) as order_rank,
    system.storefront_id as storefront_id,
    link.person_id as person_id,
    bought.placed_at at time zone 'UTC' as placed_at,
    bought.placed_on as placed_on,
    cast(coalesce(taken.amount, 0) * 1000000 as bigint) as sales,
    cast(coalesce(returned.amount, 0) * 1000000 as bigint) as refunds,
    case when bought.status = 'credit' then 0 else 1 end as is_purchase,
    coalesce(context.stage, '') as stage,
    coalesce(context.segment, '') as segment
from measurement_order as bought
join governance_sourcesystem as system on system.id = bought.system_id
left join (
    select order_id, sum(amount_shop) as amount
    from measurement_orderline
    group by order_id
) as taken on taken.order_id = bought.id
left join (
    select order_id, sum(amount_shop) as amount
    from measurement_refund
    group by order_id
) as returned on returned.order_id = bought.id
left join identity_link as link
    on link.record_id = bought.customer_id
    and link.started_at <= %(moment)s
    and coalesce(link.ended_at, timestamptz 'infinity') > %(moment)s
left join identity_ordercontext as context on context.order_id = bought.id
where bought.status not in ('cancelled', 'test')
