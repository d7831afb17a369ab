-- What a product cost the shop, which rose once; of one in twenty nobody knows.
select
    product_id,
    begins as valid_from,
    case
        when begins = date '2000-01-01' then date '2024-07-01' else date '9999-12-31'
    end as valid_until,
    cast(10000 * floor(100 + 1500 * chance(product_id, begins)) as bigint) as cost,
    cast(10000 * floor(100 + 1500 * chance(product_id, begins)) as bigint)
        as cost_together
from range(1, 5001) as products (product_id)
cross join (values (date '2000-01-01'), (date '2024-07-01')) as times (begins)
where chance(product_id, 'known') >= 0.05
