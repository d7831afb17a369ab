-- One row per pair: how the two sides compare, one small number for each thing compared.
select
    pairs.l,
    pairs.r,
    {levels}
from pairs
join people l on l.row = pairs.l
join people r on r.row = pairs.r
{joins}
