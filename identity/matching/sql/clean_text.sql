-- One row per text: small plain letters, one space between words.
with folded as (

    select place, trim(regexp_replace(lower(strip_accents(value)), '\s+', ' ', 'g')) as text
    from typed

)

select
    place,
    case
        when text in ('', '-', '.', '?', 'n/a', 'na', 'nan', 'none', 'null', 'unknown') then null
        else text
    end as said,
    false as odd
from folded
