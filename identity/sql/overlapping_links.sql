-- Records with a link that begins before the one before it has ended: one row per record.

with spans as (

    select
        record_id,
        started_at,
        lag(coalesce(ended_at, 'infinity'::timestamptz)) over (
            partition by record_id
            order by started_at, id
        ) as ended_before
    from identity_link

)

select distinct record_id
from spans
where started_at < ended_before
order by record_id
