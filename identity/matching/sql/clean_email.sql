-- One row per text: an address as a key where it plainly is one. What may be junk, or is
-- written for machines, or is none at all, is odd and read elsewhere.
with folded as (

    select place, lower(trim(value)) as text
    from typed

),

parts as (

    select
        place,
        text,
        split_part(text, '@', 1) as mailbox,
        split_part(text, '@', 2) as host
    from folded

)

select
    place,
    text as said,
    not regexp_matches(text, '^[a-z0-9._%+-]+@[a-z0-9-]+([.][a-z0-9-]+)+$')
    or regexp_matches(mailbox, '^[a-z-]{1,9}$')
    or mailbox = split_part(host, '.', 1)
    or host like '%xn--%'
    or host in ('example.test', 'noemail.com', 'nomail.com', 'none.com', 'test.com') as odd
from parts
