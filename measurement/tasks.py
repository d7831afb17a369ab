"""What workers run. Each task is a door: it calls one function."""

from dataclasses import asdict
from typing import Any

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from measurement import inbox, night, rates, revival
from measurement.models import NightStep
from measurement.workbench import observing, trying


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


@shared_task(name="measurement.exchange_rates")
def exchange_rates(*, step_id: int) -> dict[str, Any]:
    """Add the exchange rates published since they were last added."""
    loaded = rates.load()
    return asdict(
        night.Page(
            rows_in=loaded.read,
            written=loaded.written,
            unchanged=loaded.read - loaded.written,
        )
    )


@shared_task(name="measurement.find_files")
def find_files(*, step_id: int) -> dict[str, Any]:
    """Give the night a step for every file of the inbox that is not loaded yet."""
    step = NightStep.objects.get(pk=step_id)
    found = inbox.new_files(settings.INBOX)
    inbox.plan(step=step, files=found)
    return asdict(night.Page(message=inbox.summary(found)))


@shared_task(name="measurement.sync_page")
def sync_page(*, step_id: int) -> dict[str, Any]:
    """Load one page of the step's file; its run is begun with the first."""
    step = NightStep.objects.get(pk=step_id)
    page, run = inbox.load_page(step=step, at=timezone.now())
    return asdict(
        night.Page(
            rows_in=page.rows_in,
            written=page.written,
            unchanged=page.unchanged,
            rejected=page.rejected,
            more=page.more,
            cursor={"run": run.pk, "line": run.line},
            message=" ".join(run.notes),
        )
    )


@shared_task(name="measurement.observe")
def observe(*, step_id: int) -> dict[str, Any]:
    """Look at the columns that came, and count how full they leave the fields."""
    return asdict(night.Page(message=observing.observe(at=timezone.now())))


@shared_task(name="measurement.try_mapping")
def try_mapping(*, trial_id: int) -> dict[str, Any]:
    """Run a proposed mapping on rows and undo it. Running it twice tries it once."""
    made = trying.run(trial_id=trial_id, at=timezone.now())
    return {"state": made.state if made else "forgotten"}
