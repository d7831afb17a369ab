-- Records that are another's now than at the moment, and whose they were: one row each.
-- In: links.

select now.record_id, before.person_id
from identity_link as now
join identity_link as before
    on before.record_id = now.record_id
    and before.started_at <= %(moment)s
    and coalesce(before.ended_at, timestamptz 'infinity') > %(moment)s
where now.ended_at is null and now.person_id <> before.person_id
order by now.record_id
