-- Public ids that led to a person at a moment, now if there is none: one row per id.
-- In: people, merges that held then.

with recursive led as (

    select merge.absorbed_id
    from identity_merge as merge
    where merge.kept_id = %(person)s
        and merge.at <= coalesce(%(as_of)s, 'infinity'::timestamptz)
        and (
            merge.undone_at is null
            or merge.undone_at > coalesce(%(as_of)s, 'infinity'::timestamptz)
        )

    union

    select merge.absorbed_id
    from led
    join identity_merge as merge
        on merge.kept_id = led.absorbed_id
        and merge.at <= coalesce(%(as_of)s, 'infinity'::timestamptz)
        and (
            merge.undone_at is null
            or merge.undone_at > coalesce(%(as_of)s, 'infinity'::timestamptz)
        )

)

select person.public_id
from led
join identity_person as person on person.id = led.absorbed_id
where person.id <> %(person)s
order by person.id
