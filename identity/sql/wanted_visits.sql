-- The visits nobody was known by, each with who was known next on the same browser: one
-- row per visit. In: events, orders, open links, consents.

create temporary table wanted_visits as

with seen as (

    select
        event.id,
        event.message_id,
        event.at,
        system.storefront_id,
        event.visitor_id,
        coalesce(event.customer_id, bought.customer_id) as record_id
    from measurement_event as event
    join governance_sourcesystem as system on system.id = event.system_id
    left join measurement_order as bought on bought.id = event.order_id
    where event.visitor_id <> ''

),

crowded as (

    select seen.storefront_id, seen.visitor_id
    from seen
    join identity_link as link
        on link.record_id = seen.record_id and link.ended_at is null
    group by seen.storefront_id, seen.visitor_id
    having
        %(most_people)s > 0
        and count(distinct link.person_id) > %(most_people)s

),

agreed as (

    -- Of those who were asked, the ones whose every record said yes last.
    select link.person_id
    from (
        select distinct on (customer_id, channel) customer_id, state
        from measurement_consentevent
        where purpose = %(purpose)s
        order by customer_id, channel, at desc
    ) as answer
    join identity_link as link
        on link.record_id = answer.customer_id and link.ended_at is null
    group by link.person_id
    having bool_and(answer.state = %(granted)s)

),

-- Going back in time, every visit stands behind as many known ones as have come after it:
-- those with the same number were followed by the same one.
numbered as (

    select
        seen.*,
        count(seen.record_id) over (
            partition by seen.storefront_id, seen.visitor_id
            order by seen.at desc, seen.record_id is null, seen.message_id
            rows unbounded preceding
        ) as next_known
    from seen
    where not exists (
        select from crowded
        where crowded.storefront_id = seen.storefront_id
            and crowded.visitor_id = seen.visitor_id
    )

)

select anonymous.id as event_id, known.record_id, known.id as known_by_id
from numbered as anonymous
join numbered as known
    on known.storefront_id = anonymous.storefront_id
    and known.visitor_id = anonymous.visitor_id
    and known.next_known = anonymous.next_known
    and known.record_id is not null
    and known.at < anonymous.at + make_interval(days => %(days)s)
join identity_link as link
    on link.record_id = known.record_id and link.ended_at is null
where anonymous.record_id is null
    and (
        %(purpose)s = ''
        or link.person_id in (select agreed.person_id from agreed)
    )
