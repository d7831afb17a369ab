-- Channel: buyers, mature ones, and who bought again in their first 90 days.
with
numbered as (

    select person_id, placed_on, row_number() over (
        partition by person_id order by placed_us, order_rank, order_id
    ) as nth
    from plain.placed
    where is_purchase = 1 and person_id is not null

),

firsts as materialized (

    select distinct on (person_id) person_id, placed_us, placed_on, month, segment
    from plain.placed
    where is_purchase = 1 and person_id is not null
    order by person_id, placed_us, order_rank, order_id

),

came as materialized (

    select firsts.person_id, firsts.placed_on,
        coalesce(visited.channel, 'unattributed') as channel
    from firsts
    left join (
        select distinct on (visits.person_id) visits.person_id, visits.channel
        from plain.visits as visits
        join firsts
            on firsts.person_id = visits.person_id
            and visits.touched_us <= firsts.placed_us
        order by visits.person_id, visits.touched_us, visits.touch_rank, visits.touch_id
    ) as visited on visited.person_id = firsts.person_id

),

known as (select max(placed_on) as day from plain.placed),

judged as (

    select came.channel, (known.day - came.placed_on >= 90)::int as mature,
        coalesce(again.placed_on - came.placed_on < 90, false)::int as came_back
    from came
    cross join known
    left join numbered as again
        on again.person_id = came.person_id and again.nth = 2

)

select coalesce(channel, '') as channel, count(*) as buyers, sum(mature) as mature,
    sum(mature * came_back) as came_back
from judged
group by grouping sets ((channel), ())
