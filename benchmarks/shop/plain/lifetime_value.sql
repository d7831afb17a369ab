-- Channel, days: buyers, mature ones, and what those spent in the first days.
with
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

nets as materialized (

    select
        placed.order_id, placed.person_id, placed.placed_us, placed.placed_on,
        placed.month, placed.is_purchase, placed.segment, placed.order_rank,
        placed.sales - coalesce(given_back.amount, 0) as net
    from plain.placed as placed
    left join (
        select order_id, sum(amount)::bigint as amount
        from plain.refunds
        group by order_id
    ) as given_back on given_back.order_id = placed.order_id

),

known as (select max(placed_on) as day from plain.placed),

spent as (

    select came.channel, came.person_id, came.placed_on,
        coalesce(sum(nets.net) filter (where nets.placed_on - came.placed_on < 30), 0)
            as net_30,
        coalesce(sum(nets.net) filter (where nets.placed_on - came.placed_on < 90), 0)
            as net_90,
        coalesce(sum(nets.net) filter (where nets.placed_on - came.placed_on < 365), 0)
            as net_365
    from came
    join nets
        on nets.person_id = came.person_id
        and nets.placed_on >= came.placed_on
    group by came.channel, came.person_id, came.placed_on

),

aged as (

    select spent.channel, days.days, known.day - spent.placed_on >= days.days as mature,
        case days.days when 30 then net_30 when 90 then net_90 else net_365 end as net
    from spent
    cross join known
    cross join (values (30), (90), (365)) as days (days)

)

select days, coalesce(channel, '') as channel, count(*) as buyers,
    count(*) filter (where mature) as mature,
    coalesce(sum(net) filter (where mature), 0) as net,
    coalesce(sum(net * net) filter (where mature), 0) as net_squared
from aged
group by grouping sets ((days, channel), (days))
