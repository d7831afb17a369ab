"""When people come back: Kaplan–Meier, exact.

Who has not come back yet counts for as long as anything is known of them, and no longer.
A mean over those who did come back would grow with the age of the data alone: they are
asked about long before the slow ones could answer.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from typing import NamedTuple

from reporting.intervals import Interval, Z, ratio

_EXACT = Context(prec=60)


class Day(NamedTuple):
    """What happened so many days after the first purchase, counted over people.

    ``came_back`` made their second purchase that day; of ``not_known`` that is the last
    day anything is known, and they had not come back by then.
    """

    day: int
    came_back: int
    not_known: int


class Step(NamedTuple):
    """From this day on, this share has come back; before it ``at_risk`` could have."""

    day: int
    at_risk: int
    share: Decimal
    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class Curve:
    """Which share of people has come back, by the days since their first purchase.

    ``people`` were followed, the longest of them for ``known`` days.
    """

    people: int
    known: int
    steps: Sequence[Step]

    def within(self, days: int) -> Step | None:
        """Return the share that comes back in fewer days than these, with its interval.

        None where nobody has been followed for that long: nobody can say.
        """
        if self.known < days - 1 or not self.people:
            return None
        before = [step for step in self.steps if step.day < days]
        nobody = Step(0, self.people, Decimal(0), Decimal(0), Decimal(0))
        return before[-1] if before else nobody

    def days_until(self, share: Decimal) -> int | None:
        """Return after how many days so large a share has come back, if it ever has."""
        return next((step.day for step in self.steps if step.share >= share), None)


def curve(days: Iterable[Day]) -> Curve:
    """Return the curve of people counted by day. Who comes back on the last day did.

    >>> two = curve([Day(3, came_back=1, not_known=0), Day(9, came_back=0, not_known=1)])
    >>> two.within(10).share
    Decimal('0.50000000')
    """
    ordered = sorted(days)
    people = at_risk = sum(day.came_back + day.not_known for day in ordered)
    steps = []
    with localcontext(_EXACT):
        away, variance = Decimal(1), Decimal(0)
        for day, came_back, not_known in ordered:
            if came_back:
                away *= Decimal(at_risk - came_back) / at_risk
                stayed = at_risk - came_back
                # Greenwood's sum; it has no end where everybody has come back.
                variance += Decimal(came_back) / (at_risk * stayed) if stayed else 0
                steps.append(_step(day, at_risk, away, variance))
            at_risk -= came_back + not_known
    return Curve(people, ordered[-1].day if ordered else 0, tuple(steps))


def _step(day: int, at_risk: int, away: Decimal, variance: Decimal) -> Step:
    low, high = _interval(away, variance)
    return Step(day, at_risk, _rounded(1 - away), _rounded(low), _rounded(high))


def _interval(away: Decimal, variance: Decimal) -> Interval:
    """Return the 95 % interval of who came back, on the scale of log(-log): inside 0 to 1.

    Once everybody has come back nothing is left to be unsure about, as far as is known.
    """
    if not away:
        return Interval(Decimal(1), Decimal(1))
    logarithm = away.ln()
    spread = (Z * variance.sqrt() / abs(logarithm)).exp()
    return Interval(
        1 - (logarithm / spread).exp(),
        1 - (logarithm * spread).exp(),
    )


def _rounded(value: Decimal) -> Decimal:
    return ratio(int(value.scaleb(40)), 10**40)
