-- What an answer about each pair touches: the money of the two people that would be
-- counted as one's, and their records. In: pairs, open links, orders with their lines.
--
-- Lines are summed once for everybody concerned: on the first night nobody has measured
-- the tables yet, and a planner may read every line for each person.

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

held as materialized (

    select link.person_id, link.record_id
    from identity_link as link
    where link.ended_at is null
        and link.person_id in (select sides.person_id from sides)

),

bought as materialized (

    select orders.customer_id, sum(line.amount_reporting) as amount
    from measurement_order as orders
    join measurement_orderline as line on line.order_id = orders.id
    where orders.customer_id in (select held.record_id from held)
    group by orders.customer_id

),

worth as (

    select
        held.person_id,
        count(*) as records,
        coalesce(sum(bought.amount), 0) as amount
    from held
    left join bought on bought.customer_id = held.record_id
    group by held.person_id

)

select
    min(greatest(worth.amount, 0)) as at_stake,
    sum(worth.records)::bigint as records
from sides
join worth on worth.person_id = sides.person_id
group by sides.place
order by sides.place
