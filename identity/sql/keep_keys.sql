-- Add keys to records: three lists side by side. A key that is there already stays.

insert into identity_key (record_id, kind, value, version)
select said.record_id, said.kind, said.value, %(version)s
from unnest(%(records)s::bigint[], %(kinds)s::text[], %(values)s::text[])
    as said (record_id, kind, value)
on conflict (record_id, kind, value) do nothing
