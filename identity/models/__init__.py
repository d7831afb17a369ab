"""Who is who: people, their records, what was done to them, what is asked and agreed."""

from identity.models.agreed import MatchModel, QuarantinedValue
from identity.models.asked import (
    KNOWN,
    Answer,
    MatchCandidate,
    MatchCandidateQuerySet,
)
from identity.models.audited import Audit, AuditQuerySet, LikelyPair
from identity.models.batches import Batch
from identity.models.events import (
    Apart,
    ApartQuerySet,
    HeldRun,
    IdentityEvent,
    Move,
    SealedRun,
)
from identity.models.households import (
    Household,
    HouseholdLink,
    HouseholdLinkQuerySet,
)
from identity.models.index import IndexedKey, IndexedRecord, IndexedStorefront
from identity.models.people import (
    Key,
    Link,
    LinkQuerySet,
    Merge,
    MergeQuerySet,
    OrderContext,
    Person,
    StitchedRecord,
)
from identity.models.visits import AttachedVisit, AttachedVisitQuerySet
from identity.models.weighed import Weighing

__all__ = [
    "KNOWN",
    "Answer",
    "Apart",
    "ApartQuerySet",
    "AttachedVisit",
    "AttachedVisitQuerySet",
    "Audit",
    "AuditQuerySet",
    "Batch",
    "HeldRun",
    "Household",
    "HouseholdLink",
    "HouseholdLinkQuerySet",
    "IdentityEvent",
    "IndexedKey",
    "IndexedRecord",
    "IndexedStorefront",
    "Key",
    "LikelyPair",
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
    "Weighing",
]
