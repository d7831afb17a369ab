-- People who became one and people who came apart in a rehearsal: one row per person that
-- others became, and per person that became others.
-- In: open links as they are, and in the rehearsal's copy that stands in their place.

with turned as (

    select
        before.person_id as was,
        after.person_id as becomes,
        count(*) as records
    from public.identity_link as before
    join identity_link as after on after.record_id = before.record_id
    where before.ended_at is null and after.ended_at is null
    group by before.person_id, after.person_id

)

select
    true as is_join,
    becomes,
    array_agg(was order by was),
    sum(records)::bigint
from turned
group by becomes
having count(*) > 1

union all

select
    false,
    was,
    array_agg(becomes order by becomes),
    sum(records)::bigint
from turned
group by was
having count(*) > 1

order by 1 desc, 2
