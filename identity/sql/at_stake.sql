-- What an answer about each pair touches: the money of the two people that would be
-- counted as one's, and their records. In: pairs, open links, orders with their lines.

with pairs as (

    select said.place, said.left_id, said.right_id
    from unnest(%(lefts)s::bigint[], %(rights)s::bigint[])
        with ordinality as said (left_id, right_id, place)

),

sides as (

    select pairs.place, link.person_id
    from pairs
    join identity_link as link
        on link.record_id in (pairs.left_id, pairs.right_id) and link.ended_at is null

),

people as (

    select distinct person_id
    from sides

),

worth as (

    select
        link.person_id,
        count(distinct link.record_id) as records,
        coalesce(sum(bought.amount), 0) as amount
    from people
    join identity_link as link
        on link.person_id = people.person_id and link.ended_at is null
    left join lateral (
        select sum(line.amount_reporting) as amount
        from measurement_order as orders
        join measurement_orderline as line on line.order_id = orders.id
        where orders.customer_id = link.record_id
    ) as bought on true
    group by link.person_id

)

select
    min(greatest(worth.amount, 0)) as at_stake,
    sum(worth.records)::bigint as records
from sides
join worth on worth.person_id = sides.person_id
group by sides.place
order by sides.place
