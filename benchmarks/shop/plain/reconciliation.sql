-- How the CRM and the shop agree or differ on how often somebody bought.
with
bought as (

    select person_id, count(*) as orders
    from plain.placed
    where is_purchase = 1 and person_id is not null
    group by person_id

),

compared as (

    select contacts.orders as told, bought.orders as seen,
        case
            when contacts.person_id is null then 'only the shop'
            when bought.person_id is null then 'only the CRM'
            when contacts.orders = bought.orders then 'agree'
            else 'differ'
        end as found
    from plain.contacts as contacts
    full outer join bought on bought.person_id = contacts.person_id

)

select found, count(*) as people,
    sum(coalesce(told, 0) - coalesce(seen, 0)) as difference
from compared
group by found
