-- One row per record: the keys cleaned, junk and what stands on too many records nulled.
with cleaned as (

    select
        record,
        case when lower(first) not in ('unknown', 'test', 'n/a', 'kunde', 'guest', '.', 'x')
            then lower(strip_accents(first)) end as first,
        case when lower(last) not in ('unknown', 'test', 'n/a', 'kunde', 'customer', '.', 'xxx')
            then lower(strip_accents(last)) end as last,
        regexp_replace(lower(email), '[+][^@]*', '') as email,
        right(nullif(regexp_replace(phone, '[^0-9]', '', 'g'), ''), 9) as phone,
        case when birth not in ('1900-01-01', '1970-01-01') then birth end as birth,
        postcode,
        nullif(regexp_replace(lower(strip_accents(concat_ws(' ', street, house))),
            '(strasse|straße|str[.]?| street| st| avenue| ave|calle |c/ )', ' '), '')
            || ' ' || postcode as address,
        shop_customer_id as cross_id
    from records

)

select
    * replace (
        case when count(*) over (partition by email) <= 12 then email end as email,
        case when count(*) over (partition by phone) <= 8 and length(phone) >= 8
            then phone end as phone
    )
from cleaned
