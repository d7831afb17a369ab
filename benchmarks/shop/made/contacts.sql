-- What the CRM says of each customer; of three in a hundred it says too much, and one in
-- fifty it does not have.
select
    person_id,
    cast(
        count(*) + case when chance(person_id, 'more') < 0.03 then 1 else 0 end as bigint
    ) as orders
from placed
where is_purchase = 1 and person_id is not null and chance(person_id, 'unheard') >= 0.02
group by person_id
