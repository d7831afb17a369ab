-- One row per sale: whose, which purchase of theirs it was, and its money.
-- Storefront 0 has the sales of all storefronts once more, in the reporting currency.
-- sales = gross - discounts - returns + adjustments; refunds stand on their order.
-- An order with a line of unknown cost has none: cost and costed are of the others alone,
-- and costed is their net sales.
with
costed as (

    select
        lines.order_id as order_id,
        lines.kind as kind,
        lines.sales as sales,
        lines.discounts as discounts,
        lines.sales_together as sales_together,
        lines.discounts_together as discounts_together,
        -- Where no goods were kept, nothing was spent on them.
        case
            when lines.kept = 0 then 0
            else cast(
                round(cast(costs.cost as decimal(18, 0)) * lines.kept, 0) as bigint
            )
        end as cost,
        case
            when lines.kept = 0 then 0
            else cast(
                round(cast(costs.cost_together as decimal(18, 0)) * lines.kept, 0)
                as bigint
            )
        end as cost_together
    from lines
    left join costs
        on costs.product_id = lines.product_id
        and costs.valid_from <= lines.placed_on
        and costs.valid_until > lines.placed_on

),

taken as (

    select
        order_id,
        cast(sum(case when kind = 'sale' then sales + discounts else 0 end) as bigint)
            as gross,
        cast(sum(case when kind = 'sale' then discounts else 0 end) as bigint)
            as discounts,
        cast(sum(case when kind = 'return' then -sales else 0 end) as bigint) as returns,
        cast(sum(case when kind = 'adjustment' then sales else 0 end) as bigint)
            as adjustments,
        cast(sum(sales) as bigint) as sales,
        cast(sum(coalesce(cost, 0)) as bigint) as cost,
        max(case when cost is null then 1 else 0 end) as lacks_a_cost,
        cast(
            sum(case when kind = 'sale' then sales_together + discounts_together else 0 end)
            as bigint
        ) as gross_together,
        cast(sum(case when kind = 'sale' then discounts_together else 0 end) as bigint)
            as discounts_together,
        cast(sum(case when kind = 'return' then -sales_together else 0 end) as bigint)
            as returns_together,
        cast(sum(case when kind = 'adjustment' then sales_together else 0 end) as bigint)
            as adjustments_together,
        cast(sum(sales_together) as bigint) as sales_together,
        cast(sum(coalesce(cost_together, 0)) as bigint) as cost_together,
        max(case when cost_together is null then 1 else 0 end) as lacks_a_cost_together
    from costed
    group by order_id

),

given_back as (

    select
        order_id,
        cast(sum(amount) as bigint) as refunds,
        cast(sum(amount_together) as bigint) as refunds_together
    from refunds
    group by order_id

),

sold as (

    select
        placed.order_id as order_id,
        placed.order_rank as order_rank,
        placed.owner as owner,
        placed.storefront_id as storefront_id,
        placed.person_id as person_id,
        placed.placed_at as placed_at,
        placed.placed_us as placed_us,
        placed.placed_on as placed_on,
        placed.month as month,
        placed.is_purchase as is_purchase,
        coalesce(taken.gross, 0) as gross,
        coalesce(taken.discounts, 0) as discounts,
        coalesce(taken.returns, 0) as returns,
        coalesce(taken.adjustments, 0) as adjustments,
        coalesce(taken.sales, 0) as sales,
        coalesce(given_back.refunds, 0) as refunds,
        case
            when coalesce(taken.lacks_a_cost, 0) = 1 then 0
            else coalesce(taken.cost, 0)
        end as cost,
        case
            when coalesce(taken.lacks_a_cost, 0) = 1 then 0
            else coalesce(taken.sales, 0) - coalesce(given_back.refunds, 0)
        end as costed,
        placed.shipping as shipping,
        placed.tax as tax,
        placed.stage as stage,
        placed.segment as segment
    from placed
    left join taken on taken.order_id = placed.order_id
    left join given_back on given_back.order_id = placed.order_id
    union all
    select
        placed.order_id as order_id,
        placed.order_rank as order_rank,
        placed.owner as owner,
        storefronts.storefront_id as storefront_id,
        placed.person_id as person_id,
        placed.placed_at as placed_at,
        placed.placed_us as placed_us,
        placed.placed_on as placed_on,
        placed.month as month,
        placed.is_purchase as is_purchase,
        coalesce(taken.gross_together, 0) as gross,
        coalesce(taken.discounts_together, 0) as discounts,
        coalesce(taken.returns_together, 0) as returns,
        coalesce(taken.adjustments_together, 0) as adjustments,
        coalesce(taken.sales_together, 0) as sales,
        coalesce(given_back.refunds_together, 0) as refunds,
        case
            when coalesce(taken.lacks_a_cost_together, 0) = 1 then 0
            else coalesce(taken.cost_together, 0)
        end as cost,
        case
            when coalesce(taken.lacks_a_cost_together, 0) = 1 then 0
            else coalesce(taken.sales_together, 0) - coalesce(given_back.refunds_together, 0)
        end as costed,
        placed.shipping_together as shipping,
        placed.tax_together as tax,
        placed.stage as stage,
        placed.segment as segment
    from placed
    join storefronts on storefronts.storefront_id = 0
    left join taken on taken.order_id = placed.order_id
    left join given_back on given_back.order_id = placed.order_id

)

select
    order_id,
    order_rank,
    owner,
    storefront_id,
    person_id,
    placed_at,
    placed_us,
    placed_on,
    month,
    is_purchase,
    case
        when person_id is not null and is_purchase = 1
        then row_number() over (
            partition by storefront_id, owner, is_purchase
            order by placed_at, order_rank, order_id
        )
    end as nth,
    gross,
    discounts,
    returns,
    adjustments,
    sales,
    refunds,
    cost,
    costed,
    shipping,
    tax,
    stage,
    segment
from sold
