-- One row per calendar month from the first sale to the last, counted from year 0.
select
    cast(extract(year from month) * 12 + extract(month from month) - 1 as bigint)
        as month,
    cast(month as date) as begins_on,
    cast(month + interval '1 month' - interval '1 day' as date) as ends_on
from (
    select date_trunc('month', min(placed_on)) as first,
        date_trunc('month', max(placed_on)) as last
    from measurement_order
    where status not in ('cancelled', 'test')
) as sold
cross join generate_series(sold.first, sold.last, interval '1 month') as month
