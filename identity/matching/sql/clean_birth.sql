-- One row per text: the day as eight digits, year first. A day that cannot be stays as it
-- is, for it may be one with a slip; a form's first offer is nobody's.
with digits as (

    select
        place,
        case
            when regexp_matches(value, '^ *[0-9]{4}[^0-9][0-9]{1,2}[^0-9][0-9]{1,2}')
                then lpad(split_part(regexp_replace(trim(value), '[^0-9]', '-', 'g'), '-', 1), 4, '0')
                || lpad(split_part(regexp_replace(trim(value), '[^0-9]', '-', 'g'), '-', 2), 2, '0')
                || lpad(split_part(regexp_replace(trim(value), '[^0-9]', '-', 'g'), '-', 3), 2, '0')
            when regexp_matches(value, '^ *[0-9]{1,2}[^0-9][0-9]{1,2}[^0-9][0-9]{4}')
                then split_part(regexp_replace(trim(value), '[^0-9]', '-', 'g'), '-', 3)
                || lpad(split_part(regexp_replace(trim(value), '[^0-9]', '-', 'g'), '-', {month}), 2, '0')
                || lpad(split_part(regexp_replace(trim(value), '[^0-9]', '-', 'g'), '-', {day}), 2, '0')
            when regexp_matches(value, '^ *[0-9]{8}') then left(trim(value), 8)
            when regexp_matches(value, '^ *[0-9]{4}([.]0)? *$') then left(trim(value), 4) || '0000'
        end as text
    from typed

)

select
    place,
    case
        when text in ('19000101', '19700101', '00000000', '99991231', '00010101') then null
        else text
    end as said,
    false as odd
from digits
