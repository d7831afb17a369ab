-- One row per record that says all parts of the key: those of one key share a block.
select hash({key}) as key, row
from people
where {given}
