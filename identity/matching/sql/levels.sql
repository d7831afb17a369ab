-- One row per pair: how the two sides compare, one small number for each thing compared.
-- A pair carries both sides' columns, as l_first and r_first.
select
    l,
    r,
    {levels}
from pairs
{joins}
