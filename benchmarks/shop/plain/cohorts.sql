-- Segment, month of the first order, months since: who came, and what they spent so far.
with
firsts as materialized (

    select distinct on (person_id) person_id, placed_us, placed_on, month, segment
    from plain.placed
    where is_purchase = 1 and person_id is not null
    order by person_id, placed_us, order_rank, order_id

),

nets as materialized (

    select
        placed.order_id, placed.person_id, placed.placed_us, placed.placed_on,
        placed.month, placed.is_purchase, placed.segment, placed.order_rank,
        placed.sales - coalesce(given_back.amount, 0) as net
    from plain.placed as placed
    left join (
        select order_id, sum(amount)::bigint as amount
        from plain.refunds
        group by order_id
    ) as given_back on given_back.order_id = placed.order_id

),

known as (select max(placed_on) as day from plain.placed),

shown as (

    select person_id, '' as segment, month as cohort from firsts
    union all
    select person_id, segment, month from firsts where segment <> ''

),

cohorts as (

    select segment, cohort, count(*) as customers from shown group by segment, cohort

),

by_month as (

    select person_id, month, sum(is_purchase) as orders, sum(net) as net
    from nets
    where person_id is not null
    group by person_id, month

),

came as (

    select segment, cohort, month, count(*) filter (where orders > 0) as active,
        sum(net) as net
    from shown
    join by_month using (person_id)
    group by segment, cohort, month

)

select cohorts.segment, cohorts.cohort, months.month - cohorts.cohort as month,
    cohorts.customers, coalesce(came.active, 0) as active,
    sum(coalesce(came.net, 0)) over (
        partition by cohorts.segment, cohorts.cohort order by months.month
    ) as net_so_far,
    (months.ends_on <= known.day)::int as has_ended
from cohorts
cross join known
join plain.months as months
    on months.month >= cohorts.cohort and months.begins_on <= known.day
left join came
    on came.segment = cohorts.segment
    and came.cohort = cohorts.cohort
    and came.month = months.month
