-- The ledger folded up to a moment, whole if there is none: one row per record that came.
-- In: moves in the order of their events. Events go forward, so ids order them.

select distinct on (move.record_id) move.record_id, move.to_person_id
from identity_move as move
where move.event_id <= (
    select max(event.id)
    from identity_identityevent as event
    where %(until)s::timestamptz is null or event.at <= %(until)s
)
order by move.record_id, move.event_id desc
