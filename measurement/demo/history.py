"""What a CRM remembers of a person: the stages they went through, what they agreed to.

Pure: the moments of orders go in, rows come out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import NamedTuple

from measurement.demo.writing import moment

_MOST_STAGES = 4
_AFTER_AN_ORDER = {"onboarding": "active", "at_risk": "won_back"}


class Stage(NamedTuple):
    """The contact was in the stage from then on."""

    contact_id: str
    started_at: str
    stage: str
    segment: str


class Consent(NamedTuple):
    """The contact said yes or no to one purpose."""

    contact_id: str
    purpose: str
    channel: str
    state: str
    at: str


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How soon this shop calls a quiet customer at risk, and when its year ends."""

    quiet: timedelta
    ends_at: datetime


def segment_of(birth_on: date, rng: Random) -> str:
    """Return the segment a marketer would put somebody of that age into.

    >>> segment_of(date(1941, 5, 1), Random(0))
    'Seniors'
    """
    if birth_on.year < 1962:
        return "Seniors"
    if birth_on.year > 1994:
        return rng.choice(("Young singles", "Young singles", "Couples"))
    return rng.choice(("Families", "Families", "Couples"))


def stages(
    contact_id: str,
    *,
    created_at: datetime,
    bought_at: Sequence[datetime],
    rhythm: Rhythm,
    segment: str,
    already_customer: bool = False,
) -> list[Stage]:
    """Return one to four stages, each with its first moment, oldest first.

    Somebody known before the first order was a lead, or a customer of earlier years
    whose first orders are not told. The second order makes an active customer, a long
    silence one at risk, an order after the silence one won back.
    """
    found: list[tuple[datetime, str]] = []
    if already_customer or not bought_at or created_at < bought_at[0]:
        found.append((created_at, "active" if already_customer else "lead"))
    stage = "active" if already_customer else "onboarding"
    if bought_at and not already_customer:
        found.append((bought_at[0], stage))
    for before, after in zip(bought_at, [*bought_at[1:], None], strict=False):
        if before + rhythm.quiet < (after or rhythm.ends_at):
            stage = "at_risk"
            found.append((before + rhythm.quiet, stage))
        if after and stage in _AFTER_AN_ORDER:
            stage = _AFTER_AN_ORDER[stage]
            found.append((after, stage))
    return [
        Stage(contact_id, moment(at), name, segment)
        for at, name in found[:_MOST_STAGES]
    ]


def consents(
    contact_id: str, *, created_at: datetime, ends_at: datetime, rng: Random
) -> list[Consent]:
    """Return what somebody agreed to, and took back; for some nothing is known."""
    said: list[Consent] = []
    for purpose, channel, asked, granted in (
        ("email_marketing", "email", 0.88, 0.80),
        ("analytics", "web", 0.70, 0.75),
    ):
        if rng.random() >= asked:
            continue
        state = "granted" if rng.random() < granted else "withdrawn"
        said.append(Consent(contact_id, purpose, channel, state, moment(created_at)))
        if state == "granted" and rng.random() < 0.14:
            later = created_at + (ends_at - created_at) * rng.random()
            if later - created_at > timedelta(hours=1):
                said.append(
                    Consent(contact_id, purpose, channel, "withdrawn", moment(later))
                )
    return said


def subscription_status(said: Sequence[Consent]) -> str:
    """Return the newsletter state that follows from what was agreed to.

    >>> yes = Consent("1", "email_marketing", "email", "granted", "2025-01-01T00:00:00Z")
    >>> subscription_status([yes]), subscription_status([])
    ('subscribed', 'never')
    >>> subscription_status([yes, yes._replace(state="withdrawn")])
    'unsubscribed'
    """
    mail = [one.state for one in said if one.purpose == "email_marketing"]
    if not mail:
        return "never"
    return "subscribed" if mail[-1] == "granted" else "unsubscribed"
