-- One row per text: an address without the words that every other one has, or is written
-- without.
with folded as (

    select
        place,
        ' ' || trim(regexp_replace(replace(lower(strip_accents(value)), 'ß', 'ss'), '[^a-z0-9/]+', ' ', 'g')) || ' ' as text
    from typed

),

bare as (

    select
        place,
        text,
        trim(regexp_replace(
            regexp_replace(text, '(strasse|strase|str) ', ' ', 'g'),
            ' (street|st|avenue|ave|av|road|rd|drive|dr|place|pl|court|ct|crescent|cres|lane|ln|calle|c/|via|rue|straat) ',
            ' ', 'g'
        )) as short
    from folded

)

select place, coalesce(nullif(short, ''), nullif(trim(text), '')) as said, false as odd
from bare
