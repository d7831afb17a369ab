-- Month and channel: what the first touch, the last, and all alike are credited with.
with
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

met as (

    select nets.order_id, channels.place, count(*) as touches,
        min((visits.touched_us - nets.placed_us + 2592000000000) * 1024 + channels.place)
            as earliest,
        max((visits.touched_us - nets.placed_us + 2592000000000) * 1024 + channels.place)
            as latest
    from nets
    join plain.visits as visits
        on visits.person_id = nets.person_id
        and visits.touched_us <= nets.placed_us
        and visits.touched_us > nets.placed_us - 2592000000000
    join plain.channels as channels on channels.channel = visits.channel
    where nets.is_purchase = 1
    group by nets.order_id, channels.place

),

shared as (

    select order_id, place, touches,
        sum(touches) over so_far as touches_so_far,
        sum(touches) over entire as touches_in_all,
        min(earliest) over entire % 1024 as first_place,
        max(latest) over entire % 1024 as last_place
    from met
    window
        so_far as (partition by order_id order by place),
        entire as (partition by order_id)

),

credited as (

    select nets.month, coalesce(shared.place, 0) as place,
        case when shared.place is null or shared.place = shared.first_place
            then nets.net else 0 end as first_touch,
        case when shared.place is null or shared.place = shared.last_place
            then nets.net else 0 end as last_touch,
        case when shared.place is null then nets.net
            else sign(nets.net) * (
                div(abs(nets.net) * shared.touches_so_far, shared.touches_in_all)
                - div(abs(nets.net) * (shared.touches_so_far - shared.touches),
                    shared.touches_in_all))
        end as linear
    from nets
    left join shared on shared.order_id = nets.order_id

)

select credited.month, channels.channel, sum(first_touch) as first_touch,
    sum(last_touch) as last_touch, sum(linear) as linear
from credited
join plain.channels as channels on channels.place = credited.place
group by credited.month, channels.channel
