-- Records whose links at a moment, now if there is none, are not what the ledger says:
-- one row per record. In: moves folded up to the moment, links that held at it.

with folded as (

    select distinct on (move.record_id) move.record_id, move.to_person_id
    from identity_move as move
    where move.event_id <= (
        select max(event.id)
        from identity_identityevent as event
        where %(as_of)s::timestamptz is null or event.at <= %(as_of)s
    )
    order by move.record_id, move.event_id desc

),

held as (

    select record_id, person_id
    from identity_link
    where case
        when %(as_of)s::timestamptz is null then ended_at is null
        else started_at <= %(as_of)s and (ended_at is null or ended_at > %(as_of)s)
    end

)

select distinct coalesce(folded.record_id, held.record_id) as record_id
from folded
full join held on held.record_id = folded.record_id
where folded.to_person_id is distinct from held.person_id
order by record_id
