-- Three in forty orders are given back in part, some days later.
select
    order_id as refund_id,
    order_id,
    cast(placed_on + cast(floor(60 * pow(chance(order_id, 'after'), 2)) as integer) as date)
        as refunded_on,
    cast(month_of(
        placed_on + cast(floor(60 * pow(chance(order_id, 'after'), 2)) as integer)
    ) as bigint) as month,
    cast(10000 * floor(100 + 2000 * chance(order_id, 'back')) as bigint) as amount,
    cast(10000 * floor(100 + 2000 * chance(order_id, 'back')) as bigint)
        as amount_together
from placed
where chance(order_id, 'refund') < 0.075
