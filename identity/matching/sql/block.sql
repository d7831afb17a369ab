-- One row per block: the records that share a key, where they are several and not too many.
with keyed as (

    select hash({key}) as key, row
    from people
    where {given}

)

select list(row) as rows
from keyed
group by key
having count(*) between 2 and {most}
