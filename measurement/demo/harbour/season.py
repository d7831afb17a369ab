"""When the shop is busy: two years of growth, with a peak before Christmas."""

from bisect import bisect
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from random import Random
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
FIRST_DAY = date(2024, 10, 1)
LAST_DAY = date(2026, 9, 30)
STARTS_AT = datetime.combine(FIRST_DAY, time(), LONDON).astimezone(UTC)
ENDS_AT = datetime.combine(LAST_DAY + timedelta(days=1), time(), LONDON).astimezone(UTC)

_DAYS = (LAST_DAY - FIRST_DAY).days + 1
_GROWTH = 0.5

# January to December.
_MONTHS = (0.95, 0.80, 0.88, 0.90, 0.95, 0.92, 0.85, 0.85, 1.0, 1.1, 1.75, 1.55)
_BUSIEST = max(_MONTHS)
# Monday to Sunday.
_WEEKDAYS = (1.05, 0.98, 0.95, 0.95, 0.92, 1.0, 1.2)
# From midnight on, hour by hour.
_HOURS = (2, 1, 1, 0, 0, 1, 3, 5, 7, 8, 9, 9, 10, 9, 8, 8, 8, 8, 9, 11, 13, 13, 9, 5)


def _weight(nth: int) -> float:
    day = FIRST_DAY + timedelta(days=nth)
    growth = 1 + _GROWTH * nth / _DAYS
    return growth * _MONTHS[day.month - 1] * _WEEKDAYS[day.weekday()]


_BY_DAY = list(accumulate(_weight(nth) for nth in range(_DAYS)))
_BY_HOUR = list(accumulate(_HOURS))


def arrival(rng: Random) -> datetime:
    """Return when somebody new comes by."""
    nth = bisect(_BY_DAY, rng.random() * _BY_DAY[-1])
    return during(FIRST_DAY + timedelta(days=nth), rng)


def during(day: date, rng: Random) -> datetime:
    """Return a moment of the London day at which people shop."""
    hour = bisect(_BY_HOUR, rng.random() * _BY_HOUR[-1])
    second = rng.randrange(3600)
    local = time(hour, second // 60, second % 60)
    return datetime.combine(day, local, LONDON).astimezone(UTC)


def quiet(at: datetime, rng: Random) -> bool:
    """Say whether somebody puts an order off, as people do outside the peak."""
    return rng.random() > (0.55 + 0.45 * _MONTHS[at.month - 1] / _BUSIEST)


def sale(at: datetime) -> int:
    """Return the per cent off everything at the moment.

    >>> sale(datetime(2025, 11, 28, 12, tzinfo=UTC)), sale(datetime(2025, 5, 2, tzinfo=UTC))
    (20, 0)
    """
    day = (at.month, at.day)
    if (11, 22) <= day <= (12, 1):
        return 20
    if (1, 2) <= day <= (1, 18):
        return 15
    if (6, 20) <= day <= (6, 30):
        return 10
    return 0
