"""What was done to who is who, why, and the graph as of any moment.

Everything that changes the graph is an event first: who, when, why, and how both sides
were before. Links, merges and ids are made from events, and a fold of the events equals
them at every moment. A merge ends links and starts others; nothing is overwritten, so
every earlier moment can be asked about, and everything can be undone.
"""

from identity.ledger.apart import AlreadyEnded, end_apart, keep_apart, pairs_apart
from identity.ledger.breaker import (
    AlreadyPassed,
    Breaker,
    NotAnOwner,
    let_pass,
    read_again,
)
from identity.ledger.events import (
    Cause,
    Change,
    Kind,
    Moved,
    Told,
    wait_for_other_merges,
)
from identity.ledger.merging import (
    BY_HAND,
    AlreadyLocked,
    NotLocked,
    lock,
    merge,
    note,
    unlock,
)
from identity.ledger.reading import (
    Graph,
    aliases_of,
    differing,
    graph,
    known_as,
    merges_of,
    open_links,
    overlapping,
    people_of,
    person_of,
    records_of,
    replay,
)
from identity.ledger.refusals import (
    AlreadyUndone,
    CameEarlier,
    CannotUndo,
    HeldApart,
    LaterMerge,
    LedgerError,
    NoReason,
    NoSuchPerson,
    NotAllowed,
    NotAMerge,
    NothingLeft,
    SamePerson,
    WentUp,
)
from identity.ledger.settling import Settled, move, settle
from identity.ledger.survivors import Group, OpenLink, moment_after, survivors
from identity.ledger.undoing import merge_again, unmerge

__all__ = [
    "BY_HAND",
    "AlreadyEnded",
    "AlreadyLocked",
    "AlreadyPassed",
    "AlreadyUndone",
    "Breaker",
    "CameEarlier",
    "CannotUndo",
    "Cause",
    "Change",
    "Graph",
    "Group",
    "HeldApart",
    "Kind",
    "LaterMerge",
    "LedgerError",
    "Moved",
    "NoReason",
    "NoSuchPerson",
    "NotAMerge",
    "NotAllowed",
    "NotAnOwner",
    "NotLocked",
    "NothingLeft",
    "OpenLink",
    "SamePerson",
    "Settled",
    "Told",
    "WentUp",
    "aliases_of",
    "differing",
    "end_apart",
    "graph",
    "keep_apart",
    "known_as",
    "let_pass",
    "lock",
    "merge",
    "merge_again",
    "merges_of",
    "moment_after",
    "move",
    "note",
    "open_links",
    "overlapping",
    "pairs_apart",
    "people_of",
    "person_of",
    "read_again",
    "records_of",
    "replay",
    "settle",
    "survivors",
    "unlock",
    "unmerge",
    "wait_for_other_merges",
]
