-- From one to four lines per order; one in fifty came back, one in two hundred was adjusted.
with
dealt as (

    select
        order_id,
        placed_on,
        is_purchase,
        order_id * 4 + nth as line_id,
        nth
    from placed
    cross join range(4) as nths (nth)
    where nth <= order_id % 4

),

priced as (

    select
        order_id,
        placed_on,
        case
            when nth > 0 and chance(line_id, 'kind') < 0.02 then 'return'
            when nth > 0 and chance(line_id, 'kind') < 0.025 then 'adjustment'
            else 'sale'
        end as kind,
        1 + cast(floor(5000 * pow(chance(line_id, 'what'), 2)) as bigint) as product_id,
        1 + cast(floor(3 * pow(chance(line_id, 'many'), 3)) as bigint) as quantity,
        is_purchase,
        -- Cents, so that what is shared out does not come out even.
        cast(10000 * floor(300 + 9000 * pow(chance(line_id, 'price'), 3)) as bigint)
            as price,
        case
            when chance(line_id, 'cheaper') < 0.3
            then cast(10000 * floor(200 * chance(line_id, 'less')) as bigint)
            else cast(0 as bigint)
        end as discounts
    from dealt

)

select
    order_id,
    placed_on,
    kind,
    product_id,
    cast(case when kind = 'return' then -quantity else quantity end as decimal(16, 4))
        as kept,
    case when kind = 'return' or is_purchase = 0 then -1 else 1 end * price * quantity
        as sales,
    discounts,
    case when kind = 'return' or is_purchase = 0 then -1 else 1 end * price * quantity
        as sales_together,
    discounts as discounts_together
from priced
