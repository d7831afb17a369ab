-- One row per way in which the CRM and the shop agree or differ on how often somebody
-- bought.
select
    case
        when contacts.person_id is null then 'only the shop'
        when buyers.person_id is null then 'only the CRM'
        when contacts.orders = buyers.orders then 'agree'
        else 'differ'
    end as found,
    count(*) as people,
    cast(
        sum(coalesce(contacts.orders, 0) - coalesce(buyers.orders, 0)) as bigint
    ) as difference
from contacts
full outer join buyers on buyers.person_id = contacts.person_id
group by case
    when contacts.person_id is null then 'only the shop'
    when buyers.person_id is null then 'only the CRM'
    when contacts.orders = buyers.orders then 'agree'
    else 'differ'
end
