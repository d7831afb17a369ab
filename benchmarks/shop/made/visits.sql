-- Twenty visits per customer. Two in five led up to an order; the others came when they
-- came. One in fifty was told late, and stands behind those that came after it.
with
dealt as (

    select
        k,
        chance(k, 'led') < 0.4 as led,
        1 + cast(floor(4 * getvariable('customers') * chance(k, 'to')) as bigint)
            as order_id,
        somebody(k, 'visitor') as person_id,
        day_of(chance(k, 'visited')) as day
    from range(1, 20 * getvariable('customers') + 1) as visits (k)

),

met as (

    select
        dealt.k as k,
        coalesce(placed.person_id, dealt.person_id) as person_id,
        coalesce(
            placed.placed_at - to_microseconds(
                cast(-86400000 * 4 * ln(1 - chance(dealt.k, 'before')) as bigint) * 1000
            ),
            moment(dealt.day)
        ) as touched_at
    from dealt
    left join placed on dealt.led and placed.order_id = dealt.order_id

)

select
    row_number() over (
        order by
            touched_at + case
                when chance(k, 'late') < 0.02 then interval 20 days else interval 0 days
            end,
            k
    ) as touch_id,
    cast(hash(k) >> 32 as bigint) as touch_rank,
    cast(1 as bigint) as storefront_id,
    person_id,
    touched_at,
    epoch_us(touched_at) as touched_us,
    list_extract(
        getvariable('channels'),
        1 + cast(
            floor(len(getvariable('channels')) * pow(chance(k, 'by'), 1.4)) as bigint
        )
    ) as channel,
    case
        when chance(k, 'campaign') < 0.3
        then concat('campaign-', cast(floor(40 * chance(k, 'which')) as bigint))
        else ''
    end as campaign
from met
order by touch_id
