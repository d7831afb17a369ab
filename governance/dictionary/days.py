"""From a day somebody writes to the moment the registries are asked of. Pure."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

_ONE_DAY = timedelta(days=1)
_INSTANT = timedelta(microseconds=1)


class Unreadable(Exception):
    """What was written is no day and no moment; the message says what would be."""


def moment_of(written: str, *, zone: ZoneInfo) -> datetime | None:
    """Return the last moment of a day in the zone, or the moment written; none for nothing.

    A day is asked of as it ended: a definition agreed on at noon held on that day.

    >>> moment_of("2026-03-31", zone=ZoneInfo("America/New_York")).isoformat()
    '2026-04-01T03:59:59.999999+00:00'
    >>> moment_of("2026-03-31T14:00", zone=ZoneInfo("America/New_York")).isoformat()
    '2026-03-31T18:00:00+00:00'

    Raises:
        Unreadable: it is neither.
    """
    written = written.strip()
    if not written:
        return None
    try:
        at = datetime.fromisoformat(written)
        if at.tzinfo is None:
            at = at.replace(tzinfo=zone)
        if len(written) > len("2026-03-31"):
            return at.astimezone(UTC)
        # By the calendar: a day of the clocks' change has 23 or 25 hours.
        next_day = datetime.combine(at.date() + _ONE_DAY, time(), zone)
        return next_day.astimezone(UTC) - _INSTANT
    except (ValueError, OverflowError) as error:
        raise Unreadable(
            f"'{written[:40]}' is no day. Write one as 2026-03-31. Shown is what holds now."
        ) from error
