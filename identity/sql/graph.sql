-- Whose every record was at a moment, now if there is none: one row per some thousand
-- people, with record, person, record, person, … as 64-bit numbers one after the other.

select string_agg(int8send(record_id) || int8send(person_id), ''::bytea)
from identity_link
where case
    when %(as_of)s::timestamptz is null then ended_at is null
    else started_at <= %(as_of)s and (ended_at is null or ended_at > %(as_of)s)
end
group by person_id / 4096
