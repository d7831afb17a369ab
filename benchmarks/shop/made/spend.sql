-- What was paid for each channel in each month.
select
    cast(1 as bigint) as storefront_id,
    channel,
    month,
    cast(10000 * floor(10000000 * chance(month, channel)) as bigint) as amount,
    cast(10000 * floor(10000000 * chance(month, channel)) as bigint) as amount_together
from months
cross join (select unnest(getvariable('channels')) as channel) as channels
where channel not in ('direct', 'organic_search', 'other')
