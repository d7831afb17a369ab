-- One row per stage at which the CRM had the buyer when they bought: how often, and for how
-- much.
with
stretches as (

    select
        person_id,
        stage,
        began_at,
        coalesce(
            lead(began_at) over (partition by person_id order by began_at),
            timestamp '9999-01-01'
        ) as ended_at
    from stages

)

select
    coalesce(stretches.stage, '') as stage,
    cast(sum(orders.is_purchase) as bigint) as orders,
    cast(sum(orders.sales - orders.refunds) as bigint) as net
from orders
left join stretches
    on stretches.person_id = orders.person_id
    and stretches.began_at <= orders.placed_at
    and stretches.ended_at > orders.placed_at
group by coalesce(stretches.stage, '')
