-- The links of every record that is one of these people's now, in order of the records.

select
    link.record_id,
    link.id,
    link.person_id,
    link.started_at,
    link.reason,
    person.made_at,
    person.locked_at is not null
from identity_link as link
join identity_person as person on person.id = link.person_id
where link.person_id = any(%(people)s::bigint[]) and link.ended_at is null
order by link.record_id
