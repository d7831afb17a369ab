-- Pairs of these records somebody said are two people, at a moment or now: one row each.

select left_id, right_id
from identity_apart
where left_id = any(%(records)s)
    and right_id = any(%(records)s)
    and at <= coalesce(%(as_of)s, 'infinity'::timestamptz)
    and (ended_at is null or ended_at > coalesce(%(as_of)s, 'infinity'::timestamptz))
order by left_id, right_id
