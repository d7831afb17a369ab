"""What the review queue has come to, for whoever reviews how well things are."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Avg, F, Min
from django.urls import reverse

from governance.facts import Fact
from governance.unwell import Mine, Sign
from identity import rows
from identity.models import HeldRun, MatchCandidate, Merge

# Two people who are one are counted twice for as long as nobody decides.
_TOO_OLD = timedelta(days=14)


class WhoIsWho:
    """How many pairs wait for a steward, for how long, and how many were decided."""

    title = "Who is who"

    def facts(self, *, since: datetime, until: datetime) -> Iterator[Fact]:
        waiting = MatchCandidate.objects.pending().filter(found_at__lt=until)
        oldest = waiting.aggregate(oldest=Min("found_at"))["oldest"]
        age = (until - oldest).days if oldest else 0
        yield Fact(
            "Pairs that wait for a steward", f"{waiting.count():,}",
            f"the oldest for {age} days" if oldest else "",
            age < _TOO_OLD.days,
        )  # fmt: skip
        decided = MatchCandidate.objects.filter(
            decided_at__gte=since, decided_at__lt=until
        )
        took = decided.aggregate(took=Avg(F("decided_at") - F("found_at")))["took"]
        yield Fact(
            "Pairs decided", f"{decided.count():,}",
            f"after {took.days} days on average" if took else "",
        )  # fmt: skip
        joined = Merge.objects.filter(at__gte=since, at__lt=until)
        by_hand = joined.filter(by__isnull=False)
        yield Fact(
            "People joined", f"{joined.count():,}",
            f"{by_hand.count():,} of them by a steward",
        )  # fmt: skip


def signs(mine: Mine, *, at: datetime) -> Iterator[Sign]:
    """Say to whoever answers for who is who what a night was stopped at."""
    if not (mine.get("identifier") or mine.get("identity")):
        return
    for held in HeldRun.objects.filter(passed_at=None, at__lte=at)[:1]:
        yield Sign("A night is held", held.sentence, reverse("identity:held"))
    joined = rows.select("apart_but_one")
    if joined:
        words = (
            f"{len(joined):,} pairs that somebody said are two people are one person. "
            f"The last event of each says what joined them."
        )
        yield Sign("Held apart, and one person", words, reverse("identity:events"))


# What the stitching compares and a steward is shown, and what is written beside orders.
_STITCHING = (
    "customer.source_id", "customer.is_guest", "customer.first_name",
    "customer.last_name", "customer.email", "customer.phone", "customer.street",
    "customer.postcode", "customer.city", "customer.country",
    "customer.birth_on", "customer.segment", "customer.source_updated_at",
    "customer.status", "customer.subscription_status", "customer.created_at",
    "identifier.customer", "identifier.kind", "identifier.value",
    "lifecycle_stage.customer", "lifecycle_stage.started_at", "lifecycle_stage.stage",
    "lifecycle_stage.segment", "consent_event.customer", "consent_event.purpose",
    "consent_event.channel", "consent_event.state", "consent_event.at",
    "order.customer", "order.placed_at",
)  # fmt: skip


def fields_read() -> tuple[str, ...]:
    """Return the fields by which people are known."""
    return _STITCHING
