-- Month: what was sold, given back and spent on it, and how many bought.
with
costed as (

    select lines.order_id, lines.kind, lines.sales, lines.discounts,
        case when lines.kept = 0 then 0 else round(costs.cost * lines.kept)::bigint end
            as cost
    from plain.lines as lines
    left join plain.costs as costs
        on costs.product_id = lines.product_id
        and costs.valid_from <= lines.placed_on
        and costs.valid_until > lines.placed_on

),

taken as (

    select order_id,
        coalesce(sum(sales + discounts) filter (where kind = 'sale'), 0) as gross,
        coalesce(sum(discounts) filter (where kind = 'sale'), 0) as discounts,
        coalesce(sum(-sales) filter (where kind = 'return'), 0) as returns,
        sum(coalesce(cost, 0)) as cost,
        bool_or(cost is null) as lacks
    from costed
    group by order_id

),

given_back as (

    select order_id, sum(amount) as amount from plain.refunds group by order_id

),

firsts as materialized (

    select distinct on (person_id) person_id, placed_us, placed_on, month, segment
    from plain.placed
    where is_purchase = 1 and person_id is not null
    order by person_id, placed_us, order_rank, order_id

),

sold as (

    select placed.month, sum(placed.is_purchase) as orders,
        sum(coalesce(taken.gross, 0)) as gross,
        sum(coalesce(taken.discounts, 0)) as discounts,
        sum(coalesce(taken.returns, 0)) as returns,
        sum(placed.sales) as sales,
        sum(coalesce(given_back.amount, 0)) as refunds,
        coalesce(sum(taken.cost) filter (where not taken.lacks), 0) as cost,
        coalesce(sum(placed.sales - coalesce(given_back.amount, 0))
            filter (where not taken.lacks), 0) as costed,
        sum(placed.shipping) as shipping, sum(placed.tax) as tax,
        count(distinct placed.person_id) filter (
            where placed.is_purchase = 1 and placed.month > firsts.month
        ) as returning_customers
    from plain.placed as placed
    left join taken on taken.order_id = placed.order_id
    left join given_back on given_back.order_id = placed.order_id
    left join firsts on firsts.person_id = placed.person_id
    group by placed.month

),

came as (

    select month, count(*) as new_customers from firsts group by month

),

paid_back as (

    select month, sum(amount) as refunds_by_day from plain.refunds group by month

)

select month, coalesce(orders, 0) as orders, coalesce(gross, 0) as gross,
    coalesce(discounts, 0) as discounts, coalesce(returns, 0) as returns,
    coalesce(sales, 0) as sales, coalesce(refunds, 0) as refunds,
    coalesce(refunds_by_day, 0) as refunds_by_day, coalesce(cost, 0) as cost,
    coalesce(costed, 0) as costed, coalesce(shipping, 0) as shipping,
    coalesce(tax, 0) as tax, coalesce(new_customers, 0) as new_customers,
    coalesce(returning_customers, 0) as returning_customers
from sold
full outer join came using (month)
full outer join paid_back using (month)
