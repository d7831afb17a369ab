-- Write who placed each order and what the CRM said of them then: one row per order.
-- In: orders, open links, stages, consents, CRM records. Only rows that differ are written.

with linked as (

    select record_id, person_id
    from identity_link
    where ended_at is null

),

entries as (

    -- Two records of a person may enter a stage at one moment; ids settle which counts.
    select distinct on (linked.person_id, entry.started_at)
        linked.person_id,
        entry.started_at,
        entry.stage,
        entry.segment
    from measurement_lifecyclestage as entry
    join linked on linked.record_id = entry.customer_id
    join measurement_customerrecord as record on record.id = entry.customer_id
    order by linked.person_id, entry.started_at, record.source_id, record.system_id

),

stages as (

    select
        person_id,
        stage,
        segment,
        started_at,
        coalesce(
            lead(started_at) over (partition by person_id order by started_at),
            'infinity'
        ) as ended_at
    from entries

),

shown as (

    -- What the CRM shows today of those it keeps no history of.
    select distinct on (linked.person_id)
        linked.person_id,
        record.segment
    from measurement_customerrecord as record
    join governance_sourcesystem as system
        on system.id = record.system_id and system.kind = %(crm)s
    join linked on linked.record_id = record.id
    where record.segment <> ''
        and linked.person_id not in (select person_id from entries)
    order by
        linked.person_id,
        record.source_updated_at desc nulls last,
        record.source_id,
        record.system_id

),

answers as (

    select
        linked.person_id,
        said.state = %(granted)s as is_granted,
        said.at,
        coalesce(
            lead(said.at) over (
                partition by said.customer_id, said.channel order by said.at
            ),
            'infinity'
        ) as until
    from measurement_consentevent as said
    join linked on linked.record_id = said.customer_id
    where said.purpose = %(purpose)s

),

consents as (

    select orders.id as order_id, bool_and(answers.is_granted) as has_email_consent
    from measurement_order as orders
    join linked on linked.record_id = orders.customer_id
    join answers
        on answers.person_id = linked.person_id
        and orders.placed_at >= answers.at
        and orders.placed_at < answers.until
    group by orders.id

),

contexts as (

    select
        orders.id as order_id,
        linked.person_id,
        coalesce(stages.stage, '') as stage,
        coalesce(stages.segment, shown.segment, '') as segment,
        coalesce(consents.has_email_consent, false) as has_email_consent
    from measurement_order as orders
    left join linked on linked.record_id = orders.customer_id
    left join stages
        on stages.person_id = linked.person_id
        and orders.placed_at >= stages.started_at
        and orders.placed_at < stages.ended_at
    left join shown on shown.person_id = linked.person_id
    left join consents on consents.order_id = orders.id

)

insert into identity_ordercontext
    (order_id, person_id, stage, segment, has_email_consent)
select
    contexts.order_id,
    contexts.person_id,
    contexts.stage,
    contexts.segment,
    contexts.has_email_consent
from contexts
left join identity_ordercontext as written on written.order_id = contexts.order_id
where written.order_id is null
    or (
        written.person_id, written.stage, written.segment, written.has_email_consent
    ) is distinct from (
        contexts.person_id,
        contexts.stage,
        contexts.segment,
        contexts.has_email_consent
    )
on conflict (order_id) do update set
    person_id = excluded.person_id,
    stage = excluded.stage,
    segment = excluded.segment,
    has_email_consent = excluded.has_email_consent
