-- One row per text: the number as it is dialled within its country, however it was written.
-- Too short, one key pressed, or all keys in order: nobody's.
with digits as (

    select
        place,
        regexp_matches(value, '^ *([+]|00)') as is_abroad,
        regexp_replace(
            regexp_replace(regexp_replace(value, '[(]0[)]', '', 'g'), '[^0-9]', '', 'g'),
            '^00', ''
        ) as text
    from typed

),

within as (

    select
        place,
        regexp_replace(
            case
                when is_abroad
                    then regexp_replace(
                        text,
                        '^(1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|[0-9]{3})',
                        ''
                    )
                when length(text) = 11 and text like '1%' then substr(text, 2)
                else text
            end,
            '^0+', ''
        ) as text
    from digits

)

select
    place,
    case
        when length(text) < 6 then null
        when replace(text, left(text, 1), '') = '' then null
        when '01234567890123456789' like '%' || text || '%' then null
        when '98765432109876543210' like '%' || text || '%' then null
        else text
    end as said,
    false as odd
from within
