-- Of these records, the purposes they said no to: one row per record and purpose. In: what
-- was said of consent. A record nobody asked has said nothing.

with answers as (

    -- What was said last of a purpose, channel by channel: one no is a no.
    select distinct on (customer_id, purpose, channel)
        customer_id,
        purpose,
        state = %(granted)s as is_granted
    from measurement_consentevent
    where customer_id = any(%(records)s) and purpose = any(%(purposes)s)
    order by customer_id, purpose, channel, at desc, id desc

)

select customer_id, purpose
from answers
group by customer_id, purpose
having not bool_and(is_granted)
