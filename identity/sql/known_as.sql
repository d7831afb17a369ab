-- Who somebody of a public id was at a moment, now if there is none: one row, or none.
-- In: people, merges that held then.

with recursive leads as (

    select person.id as person_id, 0 as steps
    from identity_person as person
    where person.public_id = %(public_id)s

    union all

    select merge.kept_id, leads.steps + 1
    from leads
    join identity_merge as merge
        on merge.absorbed_id = leads.person_id
        and merge.at <= coalesce(%(as_of)s, 'infinity'::timestamptz)
        and (
            merge.undone_at is null
            or merge.undone_at > coalesce(%(as_of)s, 'infinity'::timestamptz)
        )
    -- Before the ledger was kept two could have gone up in each other.
    where leads.steps < 1000

)

select person_id
from leads
order by steps desc
limit 1
