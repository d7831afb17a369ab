-- Attach what is wanted and is not attached yet: one row per visit.

insert into identity_attachedvisit (event_id, record_id, known_by_id, started_at)
select
    wanted.event_id,
    wanted.record_id,
    wanted.known_by_id,
    greatest(%(at)s, ended.last_at)
from wanted_visits as wanted
left join (
    select event_id, max(ended_at) as last_at
    from identity_attachedvisit
    group by event_id
) as ended on ended.event_id = wanted.event_id
where not exists (
    select from identity_attachedvisit as attached
    where attached.event_id = wanted.event_id and attached.ended_at is null
)
