"""Who is who: people, their records, what was done to them, what is asked and agreed."""

from identity.models.agreed import MatchModel, QuarantinedValue
from identity.models.events import (
    Apart,
    ApartQuerySet,
    HeldRun,
    IdentityEvent,
    Move,
    SealedRun,
)
from identity.models.people import (
    Key,
    Link,
    LinkQuerySet,
    MatchCandidate,
    MatchCandidateQuerySet,
    Merge,
    MergeQuerySet,
    OrderContext,
    Person,
    StitchedRecord,
)

__all__ = [
    "Apart",
    "ApartQuerySet",
    "HeldRun",
    "IdentityEvent",
    "Key",
    "Link",
    "LinkQuerySet",
    "MatchCandidate",
    "MatchCandidateQuerySet",
    "MatchModel",
    "Merge",
    "MergeQuerySet",
    "Move",
    "OrderContext",
    "Person",
    "QuarantinedValue",
    "SealedRun",
    "StitchedRecord",
]
