-- One row per text: a name as a key where it plainly is one; what is odd is read elsewhere.
select
    place,
    case
        when lower(trim(value)) in (
            'anonymous', 'client', 'customer', 'dummy', 'gast', 'guest', 'kunde', 'kundin',
            'n/a', 'name', 'noname', 'none', 'null', 'test', 'tester', 'unbekannt',
            'unknown', 'x', 'xx', 'xxx'
        ) then null
        else lower(trim(value))
    end as said,
    not regexp_matches(value, '^ *[A-Za-z]+ *$') as odd
from typed
