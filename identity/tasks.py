"""The night's part in who is who. Each task is a door: it calls one function."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from celery import shared_task
from django.utils import timezone

from identity import checks, doubts, enrichment, homes, stitching, visitors
from identity.queue import escalating
from measurement.models import NightStep


@shared_task(name="identity.stitch")
def stitch(*, step_id: int) -> dict[str, Any]:
    """Join what is new into people, and see who lives with whom. Twice is once."""
    stitched = stitching.stitch(at=_moment(step_id), run=_run(step_id))
    checks.refuse_other_links()
    seen = homes.see(at=_moment(step_id))
    message = " ".join(
        filter(None, (stitched.message, seen.message, checks.in_words()))
    )
    return _page(stitched.records, stitched.linked, message)


@shared_task(name="identity.ask")
def ask(*, step_id: int) -> dict[str, Any]:
    """Put to stewards what is likely and not settled."""
    found = doubts.ask(at=_moment(step_id), run=_run(step_id))
    return _page(found.pairs, found.asked, found.message)


@shared_task(name="identity.attach_visits")
def attach_visits(*, step_id: int) -> dict[str, Any]:
    """Say whose the visits were before anybody was known on their browser."""
    attached = visitors.attach(at=_moment(step_id))
    return _page(attached.anonymous, attached.begun, attached.message)


@shared_task(name="identity.enrich_orders")
def enrich_orders(*, step_id: int) -> dict[str, Any]:
    """Say of every order who placed it and what the CRM said of them then."""
    enriched = enrichment.enrich_orders()
    return _page(enriched.orders, enriched.written, "")


@shared_task(name="identity.escalate")
def escalate() -> dict[str, int]:
    """Tell owners of pairs that wait too long. Running it twice tells of none twice."""
    return asdict(escalating.escalate(at=timezone.now()))


def _moment(step_id: int) -> datetime:
    """Return when the step's night began; outside of a night, now."""
    step = NightStep.objects.select_related("night").filter(pk=step_id).first()
    return step.night.started_at if step else timezone.now()


def _run(step_id: int) -> str:
    """Return which night the step is of; outside of a night, none."""
    step = NightStep.objects.filter(pk=step_id).first()
    return f"night {step.night_id}" if step else ""


def _page(rows_in: int, written: int, message: str) -> dict[str, Any]:
    return {
        "rows_in": rows_in,
        "written": written,
        "unchanged": rows_in - written,
        "rejected": 0,
        "more": False,
        "cursor": {},
        "message": message,
    }
