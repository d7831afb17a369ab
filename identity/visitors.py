"""Whose the visits were before anybody was known: back in time, for a while, if they agreed.

A browser becomes somebody's by a visit or a purchase of theirs. What was seen on it in the
days before is taken for theirs, up to the next one who was known there. A browser of more
people than was agreed on is a kiosk's, and ties nothing. Nobody is joined by it.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from identity import ledger, policy, rows
from identity.policy import Policy
from measurement.models import ConsentEvent, Event

BY_BROWSER = "visitor"


@dataclass(frozen=True)
class Attached:
    """How many visits nobody was known by there are, and what changed of whose they are."""

    anonymous: int
    begun: int
    ended: int

    @property
    def message(self) -> str:
        if not self.begun and not self.ended:
            return ""
        return (
            f"{self.begun:,} visits were tied to who was known on the same browser "
            f"later; {self.ended:,} no longer are."
        )


@transaction.atomic
def attach(*, at: datetime, agreed: Policy | None = None) -> Attached:
    """Tie anonymous visits to records by what is agreed on. Doing it again changes nothing.

    An attachment that would not be made today (the window is shorter, consent was
    withdrawn, the browser turned out to be a kiosk's) ends; what it was until then can
    still be asked for.
    """
    ledger.wait_for_other_merges()
    agreed = agreed or policy.now()
    by = agreed.of(BY_BROWSER)
    rows.change(
        "wanted_visits",
        # Whoever may not attach looks back no time at all.
        days=by.window_days if by.trust == policy.ATTACHES else 0,
        most_people=by.most_people,
        purpose=by.consent,
        granted=ConsentEvent.State.GRANTED,
    )
    ended = rows.change("end_visits", at=at)
    begun = rows.change("begin_visits", at=at)
    rows.change("forget_wanted_visits")
    anonymous = Event.objects.filter(customer=None, order__customer=None).exclude(
        visitor_id=""
    )
    return Attached(anonymous.count(), begun, ended)
