-- The pairs of these records that weights join: one row each, the surest first.

select left_id, right_id, bits, rests_on, model_version
from identity_likelypair
where left_id = any(%(records)s) and right_id = any(%(records)s)
order by bits desc, left_id, right_id
