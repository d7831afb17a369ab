-- One row per storefront, segment ('' for everybody), month of the first order and month
-- since, up to the month of the last order known.
with
shown as (

    select storefront_id, person_id, '' as segment, first_month as cohort from buyers
    union all
    select storefront_id, person_id, segment, first_month as cohort from buyers
    where segment <> ''

),

cohorts as (

    select storefront_id, segment, cohort, count(*) as customers
    from shown
    group by storefront_id, segment, cohort

),

came as (

    select
        shown.storefront_id as storefront_id,
        shown.segment as segment,
        shown.cohort as cohort,
        person_months.month as month,
        sum(case when person_months.orders > 0 then 1 else 0 end) as customers,
        sum(person_months.sales - person_months.refunds) as net
    from shown
    join person_months
        on person_months.storefront_id = shown.storefront_id
        and person_months.person_id = shown.person_id
    group by shown.storefront_id, shown.segment, shown.cohort, person_months.month

),

squares as (

    select
        cohorts.storefront_id as storefront_id,
        cohorts.segment as segment,
        cohorts.cohort as cohort,
        cohorts.customers as customers,
        months.month as month,
        case when months.ends_on <= storefronts.data_on then 1 else 0 end as has_ended
    from cohorts
    join storefronts on storefronts.storefront_id = cohorts.storefront_id
    join months
        on months.month >= cohorts.cohort
        and months.begins_on <= storefronts.data_on

)

select
    squares.storefront_id as storefront_id,
    squares.segment as segment,
    squares.cohort as cohort,
    squares.month - squares.cohort as month,
    squares.customers as customers,
    cast(coalesce(came.customers, 0) as bigint) as active,
    cast(
        sum(coalesce(came.net, 0)) over (
            partition by squares.storefront_id, squares.segment, squares.cohort
            order by squares.month
        ) as bigint
    ) as net_so_far,
    squares.has_ended as has_ended
from squares
left join came
    on came.storefront_id = squares.storefront_id
    and came.segment = squares.segment
    and came.cohort = squares.cohort
    and came.month = squares.month
