-- One row per exact rule: how many pairs it finds, and which share of them is one person.
-- Junk is nulled, and values on too many records (an office's, a kiosk's) are left out.
with cleaned as (

    select
        row_number() over () as id,
        person,
        case when first not in ('unknown', 'test', 'N/A', 'Kunde', 'Guest', '.', 'x')
            then lower(strip_accents(first)) end as first,
        case when last not in ('unknown', 'test', 'N/A', 'Kunde', 'Customer', '.', 'xxx')
            then lower(strip_accents(last)) end as last,
        case when regexp_matches(split_part(lower(email), '@', 1),
                '^(test|none|noemail|a|unknown|noreply|info)$') then null
            when lower(email) like '%@gmail.com'
            then replace(split_part(split_part(lower(email), '@', 1), '+', 1), '.', '') || '@gmail.com'
            else regexp_replace(lower(email), '[+][^@]*', '') end as email,
        right(nullif(regexp_replace(phone, '[^0-9]', '', 'g'), ''), 9) as phone,
        case when birth not in ('1900-01-01', '1970-01-01') then birth end as birth,
        nullif(concat_ws(' ', postcode, regexp_replace(lower(strip_accents(
            concat_ws(' ', street, house))), '(strasse|straße|str[.]?| street| st| avenue| ave|calle |c/ )', ' ')), '') as address,
        street is not null and postcode is not null as has_address,
        source,
        shop_customer_id
    from people

),

capped as (

    select
        * replace (
            case when count(*) over (partition by email) <= 12 then email end as email,
            case when count(*) over (partition by phone) <= 8
                and length(phone) >= 8
                and replace(phone, left(phone, 1), '') <> ''
                and phone not in ('123456789', '012345678') then phone end as phone,
            case when has_address then address end as address
        )
    from cleaned

),

pairs as (

    select 'e-mail' as key, a.id as one, b.id as other, a as l, b as r
    from capped a join capped b on a.email = b.email and a.id < b.id
    union all
    select 'phone', a.id, b.id, a, b
    from capped a join capped b on a.phone = b.phone and a.id < b.id
    union all
    select 'address', a.id, b.id, a, b
    from capped a join capped b on a.last = b.last and a.address = b.address and a.id < b.id
    union all
    select 'cross id', a.id, b.id, a, b
    from capped a join capped b on a.shop_customer_id = b.shop_customer_id
        and a.source = 'crm' and b.source = 'shop'
    union all
    select 'birth', a.id, b.id, a, b
    from capped a join capped b on a.first = b.first and a.last = b.last
        and a.birth = b.birth and a.id < b.id

),

compared as (

    select
        key,
        l.person = r.person as is_one,
        jaro_winkler_similarity(l.first, r.first) as alike,
        l.first is null or r.first is null as first_missing,
        length(replace(l.first, '.', '')) = 1 or length(replace(r.first, '.', '')) = 1 as initial,
        l.first = r.first as same_first,
        l.last = r.last or jaro_winkler_similarity(l.last, r.last) >= 0.88 as same_last,
        l.email = r.email as same_email,
        l.phone = r.phone as same_phone
    from pairs

),

rules as (

    select 1 as nth, 'e-mail equal' as rule, is_one from compared where key = 'e-mail'
    union all
    select 2, 'e-mail + first name alike', is_one from compared
    where key = 'e-mail' and alike >= 0.88
    union all
    select 3, 'e-mail, first names conflict', is_one from compared
    where key = 'e-mail' and alike < 0.7 and not initial
    union all
    select 4, 'e-mail, a first name missing', is_one from compared
    where key = 'e-mail' and first_missing
    union all
    select 5, 'phone equal', is_one from compared where key = 'phone'
    union all
    select 6, 'phone + first name equal', is_one from compared
    where key = 'phone' and same_first
    union all
    select 7, 'e-mail + phone', is_one from compared where key = 'e-mail' and same_phone
    union all
    select 8, 'cross id', is_one from compared where key = 'cross id'
    union all
    select 9, 'cross id + a name agrees', is_one from compared
    where key = 'cross id' and (alike >= 0.88 or same_last)
    union all
    select 10, 'first + last + birth', is_one from compared where key = 'birth'
    union all
    select 11, 'first + last + address', is_one from compared
    where key = 'address' and same_first
    union all
    select 12, 'last + address', is_one from compared where key = 'address'

),

truth as (

    select sum(records * (records - 1) / 2) as pairs
    from (select count(*) as records from people group by person)

)

select rule, found, precision, recall
from (

    select
        nth,
        rule,
        count(*) as found,
        avg(is_one::int) as precision,
        sum(is_one::int) / any_value(truth.pairs) as recall
    from rules, truth
    group by nth, rule
    union all
    select 0, 'one person in truth', truth.pairs::bigint, 1, 1 from truth

)
order by nth
