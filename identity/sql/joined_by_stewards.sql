-- Records that were one person's when a steward had joined two: one row per merge and
-- record. In: merges somebody decided, the links that held at their moment.

select merge.id, link.record_id
from identity_link as link
join identity_merge as merge
    on merge.kept_id = link.person_id
    and link.started_at <= merge.at
    and (link.ended_at is null or link.ended_at > merge.at)
where link.record_id = any(%(records)s) and merge.by_id is not null
order by merge.at, merge.id, link.record_id
