"""What workers run for governance. Each task is a door: it calls one function."""

from dataclasses import asdict
from typing import Any

from celery import shared_task
from django.utils import timezone

from governance import changes, housekeeping, log, mail, preview, reviews


@shared_task(name="governance.seal")
def seal() -> dict[str, int | None]:
    """Seal what the log has got since the last seal. Running it twice seals it once."""
    made = log.seal(at=timezone.now())
    return {"up_to": made.seq if made else None}


@shared_task(name="governance.apply_due")
def apply_due() -> dict[str, Any]:
    """Let take effect what was approved for a day that has come."""
    return asdict(changes.apply_due(at=timezone.now()))


@shared_task(name="governance.give_up_expired")
def give_up_expired() -> dict[str, int]:
    """Expire what nobody decided on in time, and remind of what soon will be."""
    at = timezone.now()
    return {
        "expired": changes.give_up_expired(at=at),
        "reminded_of": changes.remind(at=at),
    }


@shared_task(name="governance.measure_preview")
def measure_preview(*, preview_id: int) -> dict[str, Any]:
    """Measure what a proposal would do. Running it twice measures it once."""
    made = preview.measure(preview_id=preview_id, at=timezone.now())
    return {"state": made.state, "seconds": round(made.seconds, 1)}


@shared_task(name="governance.open_reviews")
def open_reviews() -> dict[str, Any]:
    """Open the reviews that are due, and remind of those that are late."""
    at = timezone.now()
    opened = reviews.open_due(at=at)
    return {
        "opened": [each.occasion for each in opened],
        "late": reviews.remind(at=at),
    }


@shared_task(name="governance.propose_retirements")
def propose_retirements() -> dict[str, int | None]:
    """Suggest that what nobody reads is retired, once a quarter."""
    made = housekeeping.propose_retirements(at=timezone.now())
    return {"request": made.pk if made else None}


@shared_task(name="governance.post")
def post() -> dict[str, int]:
    """Send the letters that wait."""
    return {"sent": mail.post(at=timezone.now())}
