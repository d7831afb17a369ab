"""What workers run. Each task is a door: it calls one function."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from measurement import night, revival


@shared_task(name="measurement.begin_night")
def begin_night() -> dict[str, Any]:
    """Plan tonight's run and ask for its first page; leave one that runs alone."""
    try:
        return {"night_id": night.hand_over(at=timezone.now()).pk}
    except night.AlreadyRunning as error:
        return {"message": str(error)}


@shared_task(name="measurement.advance_night")
def advance_night(*, night_id: int, turn: int) -> dict[str, bool]:
    """Do one page of the night. Running it twice does the page once."""
    more = night.advance(
        night_id=night_id, turn=turn, at=timezone.now(), clock=timezone.now
    )
    return {"more": more}


@shared_task(name="measurement.revive")
def revive() -> dict[str, list[int]]:
    """Ask again for the pages of nights nobody is at."""
    return {"nights": revival.revive(at=timezone.now())}
