-- Records that were one person's when a steward had joined two: one row per merge and
-- record. In: merges somebody decided that stand, the links that held at their moment.

select merge.id, link.record_id
from identity_link as link
join identity_merge as merge
    on merge.kept_id = link.person_id
    and link.started_at <= merge.at
    and (link.ended_at is null or link.ended_at > merge.at)
where link.record_id = any(%(records)s)
    and merge.by_id is not null
    and merge.undone_at is null
    -- What an earlier merge had brought and its undoing took out again is theirs no more.
    and not exists (
        select 1
        from identity_merge as undone
        join identity_link as back
            on back.person_id = undone.absorbed_id
            and back.started_at = undone.undone_at
        where undone.kept_id = merge.kept_id
            and undone.undone_at > merge.at
            and back.record_id = link.record_id
    )
order by merge.at, merge.id, link.record_id
