-- Pairs a steward was asked about that name one of the records: one row per pair.

select left_id, right_id, status
from identity_matchcandidate
where left_id = any(%(records)s) or right_id = any(%(records)s)
order by id
