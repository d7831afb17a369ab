-- One row per record: how much of its mailbox is not its owner's name.
select row, {own} as own
from people
