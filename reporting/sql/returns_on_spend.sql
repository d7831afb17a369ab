-- One row per storefront, channel and month of what the primary model credits, of steps of
-- journeys, and of what was spent: each kind has nothing in the others' columns.
select
    attributed.storefront_id as storefront_id,
    attributed.model as model,
    attributed.is_primary as is_primary,
    attributed.channel as channel,
    attributed.towards as towards,
    attributed.month as month,
    attributed.credit as credit,
    attributed.orders as orders,
    attributed.steps as steps,
    0 as bills,
    0 as unknown,
    0 as amount
from attributed
where attributed.is_primary = 1
union all
select
    spend.storefront_id as storefront_id,
    '' as model,
    0 as is_primary,
    spend.channel as channel,
    '' as towards,
    spend.month as month,
    0 as credit,
    0 as orders,
    0 as steps,
    count(*) as bills,
    cast(sum(case when spend.amount is null then 1 else 0 end) as bigint) as unknown,
    cast(sum(coalesce(spend.amount, 0)) as bigint) as amount
from spend
group by spend.storefront_id, spend.channel, spend.month
union all
select
    storefronts.storefront_id as storefront_id,
    '' as model,
    0 as is_primary,
    spend.channel as channel,
    '' as towards,
    spend.month as month,
    0 as credit,
    0 as orders,
    0 as steps,
    count(*) as bills,
    cast(sum(case when spend.amount_together is null then 1 else 0 end) as bigint)
        as unknown,
    cast(sum(coalesce(spend.amount_together, 0)) as bigint) as amount
from spend
join storefronts on storefronts.storefront_id = 0
group by storefronts.storefront_id, spend.channel, spend.month
