-- Which two people somebody was asked about, or lives with, or was told apart from: one row
-- per two people, the smaller first. In: pairs of the queue, words that two are not one,
-- households, open links.

with spoken as (

    select pair.left_id, pair.right_id
    from identity_matchcandidate as pair

    union

    select apart.left_id, apart.right_id
    from identity_apart as apart
    where apart.ended_at is null

    union

    select one.record_id, other.record_id
    from identity_householdlink as one
    join identity_householdlink as other
        on other.household_id = one.household_id and other.record_id > one.record_id
    where one.ended_at is null and other.ended_at is null

)

select distinct
    least(ours.person_id, theirs.person_id),
    greatest(ours.person_id, theirs.person_id)
from spoken
join identity_link as ours
    on ours.record_id = spoken.left_id and ours.ended_at is null
join identity_link as theirs
    on theirs.record_id = spoken.right_id and theirs.ended_at is null
where ours.person_id <> theirs.person_id
