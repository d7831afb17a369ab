-- Four orders per customer; one in ten is of nobody we know, one in a hundred a credit.
with
dealt as (

    select
        k as order_id,
        day_of((k - chance(k, 'when')) / (4.0 * getvariable('customers'))) as day,
        case when chance(k, 'guest') >= 0.1 then somebody(k, 'who') end as person_id,
        case when chance(k, 'credit') < 0.01 then 0 else 1 end as is_purchase
    from range(1, 4 * getvariable('customers') + 1) as orders (k)

)

select
    order_id,
    cast(hash(order_id) >> 32 as bigint) as order_rank,
    coalesce(person_id, -order_id) as owner,
    cast(1 as bigint) as storefront_id,
    person_id,
    moment(day) as placed_at,
    epoch_us(moment(day)) as placed_us,
    cast(moment(day) as date) as placed_on,
    cast(month_of(moment(day)) as bigint) as month,
    cast(is_purchase as bigint) as is_purchase,
    cast(case when chance(order_id, 'free') < 0.5 then 4900000 else 0 end as bigint)
        as shipping,
    cast(1000000 * floor(20 * chance(order_id, 'tax')) as bigint) as tax,
    cast(case when chance(order_id, 'free') < 0.5 then 4900000 else 0 end as bigint)
        as shipping_together,
    cast(1000000 * floor(20 * chance(order_id, 'tax')) as bigint) as tax_together,
    stage_of(person_id, day) as stage,
    case when person_id is null then '' else segment_of(person_id) end as segment
from dealt
