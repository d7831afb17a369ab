-- Pairs that somebody said are two people, and that are one person now: one row each. In:
-- what people said, open links.

select apart.left_id, apart.right_id
from identity_apart as apart
join identity_link as ours on ours.record_id = apart.left_id and ours.ended_at is null
join identity_link as theirs
    on theirs.record_id = apart.right_id and theirs.ended_at is null
where apart.ended_at is null and ours.person_id = theirs.person_id
order by apart.left_id, apart.right_id
