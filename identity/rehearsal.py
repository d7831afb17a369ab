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

_TABLES = (Person, Link, Key, StitchedRecord, MatchCandidate, Merge, OrderContext)


def follow(*, at: datetime) -> None:
    """Do what the night does of who is who, after what was rehearsed.

    Even where no record is another: by a source's zone its phone numbers are read.
    """
    shadow.stand_in_for(_TABLES)
    stitching.stitch(at=at)
    enrichment.enrich_orders()
