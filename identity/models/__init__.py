"""Who is who: people, their records, what is asked, and what was agreed on of values."""

from identity.models.agreed import MatchModel, QuarantinedValue
from identity.models.people import (
    Key,
    Link,
    LinkQuerySet,
    MatchCandidate,
    MatchCandidateQuerySet,
    Merge,
    OrderContext,
    Person,
    StitchedRecord,
)

__all__ = [
    "Key",
    "Link",
    "LinkQuerySet",
    "MatchCandidate",
    "MatchCandidateQuerySet",
    "MatchModel",
    "Merge",
    "OrderContext",
    "Person",
    "QuarantinedValue",
    "StitchedRecord",
]
