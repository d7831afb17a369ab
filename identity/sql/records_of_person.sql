-- Which records were a person's at a moment, now if there is none: one row each, in order.

select record_id
from identity_link
where person_id = %(person)s
    and case
        when %(as_of)s::timestamptz is null then ended_at is null
        else started_at <= %(as_of)s and (ended_at is null or ended_at > %(as_of)s)
    end
order by record_id
