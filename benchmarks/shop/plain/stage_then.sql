-- Stage at which the CRM had the buyer when they bought: how often, for how much.
with
nets as materialized (

    select
        placed.order_id, placed.person_id, placed.placed_at, placed.placed_on,
        placed.month, placed.is_purchase, placed.segment, placed.order_rank,
        placed.sales - coalesce(given_back.amount, 0) as net
    from plain.placed as placed
    left join (
        select order_id, sum(amount)::bigint as amount
        from plain.refunds
        group by order_id
    ) as given_back on given_back.order_id = placed.order_id

),

stretches as (

    select person_id, stage, began_at,
        coalesce(
            lead(began_at) over (partition by person_id order by began_at),
            'infinity'
        ) as ended_at
    from plain.stages

)

select coalesce(stretches.stage, '') as stage, sum(nets.is_purchase) as orders,
    sum(nets.net) as net
from nets
left join stretches
    on stretches.person_id = nets.person_id
    and stretches.began_at <= nets.placed_at
    and stretches.ended_at > nets.placed_at
group by coalesce(stretches.stage, '')
