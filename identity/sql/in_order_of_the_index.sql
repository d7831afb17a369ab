-- Until it is said otherwise, or the transaction ends: rather an index in the right order
-- than a sort.

set local enable_sort = off
