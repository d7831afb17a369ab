"""The quarters of a year, cut in a time zone. Pure."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

_NAMES = ("First", "Second", "Third", "Fourth")


def begin_of(at: datetime, *, zone: ZoneInfo) -> datetime:
    """Return the first moment of the quarter a moment lies in.

    >>> begin_of(datetime(2026, 4, 1, 3, tzinfo=UTC), zone=ZoneInfo("America/New_York"))
    datetime.datetime(2026, 1, 1, 5, 0, tzinfo=datetime.timezone.utc)
    """
    here = at.astimezone(zone)
    month = (here.month - 1) // 3 * 3 + 1
    return datetime(here.year, month, 1, tzinfo=zone).astimezone(UTC)


def before(begin: datetime, *, zone: ZoneInfo) -> datetime:
    """Return the first moment of the quarter before the one that begins then.

    >>> before(datetime(2026, 1, 1, tzinfo=UTC), zone=ZoneInfo("UTC")).isoformat()
    '2025-10-01T00:00:00+00:00'
    """
    here = begin.astimezone(zone)
    year, month = (here.year, here.month - 3)
    if month < 1:
        year, month = year - 1, month + 12
    return datetime(year, month, 1, tzinfo=zone).astimezone(UTC)


def after(begin: datetime, *, zone: ZoneInfo) -> datetime:
    """Return the first moment of the quarter after the one that begins then.

    >>> after(datetime(2026, 10, 1, tzinfo=UTC), zone=ZoneInfo("UTC")).isoformat()
    '2027-01-01T00:00:00+00:00'
    """
    here = begin.astimezone(zone)
    year, month = (here.year, here.month + 3)
    if month > 12:
        year, month = year + 1, month - 12
    return datetime(year, month, 1, tzinfo=zone).astimezone(UTC)


def name_of(begin: datetime, *, zone: ZoneInfo) -> str:
    """Return how people call the quarter that begins then.

    >>> name_of(datetime(2026, 7, 1, tzinfo=UTC), zone=ZoneInfo("UTC"))
    'Third quarter of 2026'
    """
    here = begin.astimezone(zone)
    return f"{_NAMES[(here.month - 1) // 3]} quarter of {here.year}"
