-- Let records be somebody else's; for copies of the links, where nothing is kept.

update identity_link as link
set person_id = otherwise.person_id
from unnest(%(records)s::bigint[], %(people)s::bigint[]) as otherwise (record_id, person_id)
where link.record_id = otherwise.record_id and link.ended_at is null
