-- Some people as they are now: one row per person and record of theirs, at least one each.
-- In: people, open links, standing merges.

with recursive led as (

    select merge.kept_id as person_id, merge.absorbed_id
    from identity_merge as merge
    where merge.kept_id = any(%(people)s) and merge.undone_at is null

    union

    select led.person_id, merge.absorbed_id
    from led
    join identity_merge as merge
        on merge.kept_id = led.absorbed_id and merge.undone_at is null

),

aliases as (

    select
        led.person_id,
        array_agg(person.public_id::text order by person.id) as public_ids
    from led
    join identity_person as person on person.id = led.absorbed_id
    group by led.person_id

)

select
    person.id,
    person.public_id::text,
    person.made_at,
    person.locked_at,
    coalesce(aliases.public_ids, array[]::text[]),
    link.record_id,
    link.id,
    link.started_at,
    link.reason
from identity_person as person
left join aliases on aliases.person_id = person.id
left join identity_link as link
    on link.person_id = person.id and link.ended_at is null
where person.id = any(%(people)s)
order by person.id, link.record_id
