-- Days since the first purchase: who came back that day, and who is not known longer.
with
numbered as (

    select person_id, placed_on, row_number() over (
        partition by person_id order by placed_us, order_rank, order_id
    ) as nth
    from plain.placed
    where is_purchase = 1 and person_id is not null

),

known as (select max(placed_on) as day from plain.placed)

select coalesce(second.placed_on, known.day) - first.placed_on as day,
    count(second.placed_on) as came_back,
    count(*) - count(second.placed_on) as not_known
from numbered as first
cross join known
left join numbered as second on second.person_id = first.person_id and second.nth = 2
where first.nth = 1
group by coalesce(second.placed_on, known.day) - first.placed_on
