-- One row per pair looked at: how the two sides compare in one thing, as a small number.
-- A pair carries both sides' columns, as l_first and r_first.
select
    place,
    cast({level} as tinyint) as level
from pairs
{joins}
