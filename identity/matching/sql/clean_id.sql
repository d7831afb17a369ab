-- One row per text: an id without what only parts it. One character over and over is none.
with plain as (

    select place, regexp_replace(lower(strip_accents(value)), '[^a-z0-9]', '', 'g') as text
    from typed

)

select
    place,
    case when replace(text, left(text, 1), '') = '' and length(text) <> 1 then null else text end as said,
    false as odd
from plain
