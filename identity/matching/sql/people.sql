-- One row per record. What of a mailbox is not its owner's name is their own: two people
-- called Ada Byron are both ada.byron somewhere.
create or replace table people as
select rows.*{own}
from rows
