-- Every month in which something was sold.
select
    month,
    cast(date_trunc('month', min(placed_on)) as date) as begins_on,
    last_day(min(placed_on)) as ends_on
from placed
group by month
