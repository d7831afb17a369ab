"""Work out who is who in a rehearsal, in copies of identity's tables."""

from datetime import datetime

from identity import enrichment, stitching
from identity.models import (
    Key,
    Link,
    MatchCandidate,
    Merge,
    OrderContext,
    Person,
    StitchedRecord,
)
from measurement import shadow
from measurement.rehearsal import Rehearsed

_TABLES = (Person, Link, Key, StitchedRecord, MatchCandidate, Merge, OrderContext)
# What a source says of who somebody is; other rows only belong to them.
_SAYS_WHO = frozenset({"customer", "identifier"})


def follow(rehearsed: Rehearsed, *, at: datetime) -> None:
    """Do what the night does of who is who, after what was rehearsed."""
    shadow.stand_in_for(_TABLES)
    if any(rehearsed.wrote[name] for name in _SAYS_WHO):
        stitching.stitch(at=at)
    enrichment.enrich_orders()
