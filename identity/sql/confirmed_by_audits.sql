-- The pairs of these records that were audited and are one person: one row each.

select pair.left_id, pair.right_id
from identity_audit as audit
join identity_matchcandidate as pair on pair.id = audit.candidate_id
where pair.status = 'same'
    and pair.wants in ('', 'blind')
    and pair.left_id = any(%(records)s)
    and pair.right_id = any(%(records)s)
order by pair.left_id, pair.right_id
