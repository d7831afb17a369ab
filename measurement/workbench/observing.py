"""What a night adds to the workbench: looked at once, and read all day."""

from datetime import datetime, timedelta

from django.db import transaction

from measurement.models import MappingTrial
from measurement.workbench import filling, profiling

# Rows of a trial are rows of people: they are not kept for longer than somebody looks.
_KEPT = timedelta(days=7)


@transaction.atomic
def observe(*, at: datetime) -> str:
    """Look at what came since the last night, and say of how many streams."""
    MappingTrial.objects.filter(asked_at__lt=at - _KEPT).delete()
    streams = profiling.catch_up()
    filling.measure(streams, at=at)
    return summary(len(streams))


def summary(streams: int) -> str:
    """Return how much there was to look at, in words.

    >>> summary(0), summary(1), summary(21)
    ('Nothing new to look at.', 'Looked at 1 stream.', 'Looked at 21 streams.')
    """
    if not streams:
        return "Nothing new to look at."
    return f"Looked at {streams} stream{'s' if streams > 1 else ''}."
