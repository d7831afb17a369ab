-- Note what of each record was read, two lists side by side: one row per record.

insert into identity_stitchedrecord (record_id, digest)
select said.record_id, said.digest
from unnest(%(records)s::bigint[], %(digests)s::text[]) as said (record_id, digest)
on conflict (record_id) do update set digest = excluded.digest
