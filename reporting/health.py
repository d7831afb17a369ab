"""What publishing has come to, for whoever reviews how well things are."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from governance.facts import Fact
from reporting.metrics import METRICS
from reporting.models import Build

_NAMED = 5


class Publishing:
    """How often numbers were published, and what held them back."""

    title = "Numbers"

    def facts(self, *, since: datetime, until: datetime) -> Iterator[Fact]:
        builds = Build.objects.filter(made_at__gte=since, made_at__lt=until)
        published = builds.filter(published_at__isnull=False)
        yield Fact("Published", f"{published.count()}", f"of {builds.count()} builds")
        held = builds.filter(state=Build.State.HELD)
        said = Counter(held.values_list("message", flat=True))
        yield Fact(
            "Held back by a check", f"{held.count()}", "yesterday's numbers stayed up",
            not held.exists(),
            tuple(
                (message or "no reason kept", "once" if n == 1 else f"{n} times")
                for message, n in said.most_common(_NAMED)
            ),
        )  # fmt: skip


def formula_in_words(key: str) -> str:
    """Return what a calculation does, as the metric that makes it says; or nothing.

    >>> formula_in_words("orders").splitlines()[0]
    'How many purchases there were.'
    """
    metric = METRICS.get(key)
    return re.sub(r"``(.+?)``", r"“\1”", metric.definition) if metric else ""


# What a person's page shows, and no KPI is computed of.
_SHOWN = (
    "customer.email", "customer.phone", "order.status", "refund.refunded_at",
    "refund.reason", "event.landing_page", "campaign.name", "campaign.kind",
    "campaign_send.campaign", "campaign_send.customer", "campaign_send.sent_at",
    "lifecycle_stage.customer", "lifecycle_stage.started_at", "lifecycle_stage.stage",
    "lifecycle_stage.segment", "consent_event.state", "consent_event.purpose",
)  # fmt: skip


def fields_read() -> tuple[str, ...]:
    """Return the fields that a page reads beside those of the calculations."""
    return _SHOWN
