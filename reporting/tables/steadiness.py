"""How far the primary model's credit moved since the build before, new sales left aside."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from reporting.attribution import stability
from reporting.models import Movement, Reading
from reporting.tables import figures

# What is new has nothing to be compared with; its cause comes last.
_COMPARED = [cause for cause in Movement.Cause if cause != Movement.Cause.NEW]
_BEFORE = "before"


@dataclass(frozen=True)
class Steadiness:
    """Which part of the credit went to other channels, and what brought it about."""

    swing: str
    causes: tuple[tuple[str, str], ...]
    limit: str
    is_unsteady: bool


def of(
    movements: Iterable[Movement], readings: Iterable[Reading], *, most_points: Decimal
) -> Steadiness | None:
    """Return how steady the credit is; readings are those of the build now.

    Returns:
        None where nothing was credited on either side, so that no share can have moved.
    """
    credit = {
        str(one.dimensions["channel"]): [_whole(one.value)] * (len(_COMPARED) + 1)
        for one in readings
    }
    for moved in movements:
        steps = [Decimal(step) if step else None for step in moved.steps]
        credit[str(moved.dimensions["channel"])] = [
            _whole(value) for value in (moved.before, *steps[: len(_COMPARED)])
        ]
    chain = [
        (name, {channel: values[nth] for channel, values in credit.items()})
        for nth, name in enumerate([_BEFORE, *(each.label for each in _COMPARED)])
    ]
    try:
        swing = stability.swing(chain[0][1], chain[-1][1])
        causes = stability.causes(chain)
    except stability.NothingCredited:
        return None
    return Steadiness(
        swing=_percent(swing),
        causes=tuple((name, _percent(part)) for name, part in causes.items() if part),
        limit=figures.percent(most_points / 100),
        is_unsteady=swing * 100 > Fraction(most_points),
    )


def _whole(value: Decimal | None) -> int:
    return int((value or Decimal(0)).scaleb(8))


def _percent(part: Fraction) -> str:
    return figures.percent(
        Decimal(part.numerator) / Decimal(part.denominator), places=2
    )
