"""What a name means, since when, and what it meant before.

Reads the registries and writes nothing. Every question takes the moment it is asked of;
without one it is asked of what holds now.
"""

from governance.dictionary.days import Unreadable, moment_of
from governance.dictionary.lineage import Flow, Group, Link, around, flows, in_short
from governance.dictionary.reading import (
    Definition,
    NotDefined,
    Pending,
    Step,
    compared,
    held,
    pending,
    read,
    steps,
    versions,
)
from governance.dictionary.searching import (
    Asked,
    close_to,
    counts,
    kinds_for,
    may_read,
    search,
)
from governance.dictionary.uses import Origin, Reader, at_stake
from governance.dictionary.words import (
    Difference,
    Line,
    columns_of,
    differences,
    lines,
    rule_in_words,
)

__all__ = [
    "Asked",
    "Definition",
    "Difference",
    "Flow",
    "Group",
    "Line",
    "Link",
    "NotDefined",
    "Origin",
    "Pending",
    "Reader",
    "Step",
    "Unreadable",
    "around",
    "at_stake",
    "close_to",
    "columns_of",
    "compared",
    "counts",
    "differences",
    "flows",
    "held",
    "in_short",
    "kinds_for",
    "lines",
    "may_read",
    "moment_of",
    "pending",
    "read",
    "rule_in_words",
    "search",
    "steps",
    "versions",
]
