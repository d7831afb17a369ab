"""The night's last two steps: compute, publish."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from governance import preview
from measurement.models import NightStep
from reporting import merges, moving, restating
from reporting import publish as builds
from reporting.models import Build, Reading


@shared_task(name="reporting.compute")
def compute(*, step_id: int) -> dict[str, Any]:
    """Compute the readings. Running it twice computes nothing twice."""
    night = NightStep.objects.select_related("night").get(pk=step_id).night
    now = timezone.now()
    build = builds.compute(at=now, night=night)
    readings = Reading.objects.filter(build=build).count()
    if build.made_at == now:
        return _outcome(written=readings, message=f"{build} computed.")
    return _outcome(unchanged=readings, message=f"Nothing new since {build}.")


@shared_task(name="reporting.publish")
def publish(*, step_id: int) -> dict[str, Any]:
    """Put the newest computed build up, or say why it is held back."""
    build = Build.objects.filter(state=Build.State.COMPUTED).first()
    if build is None:
        up = Reading.objects.published().count()
        return _outcome(unchanged=up, message="Nothing new to publish.")
    build = builds.publish(build=build, at=timezone.now())
    preview.compare(at=timezone.now())
    preview.renew(at=timezone.now())
    readings = Reading.objects.filter(build=build).count()
    if build.state == Build.State.HELD:
        message = f"{build} is held back. {build.message}"
        return _outcome(rejected=readings, message=message)
    merges.ask_night(build=build, at=timezone.now())
    moving.ask(build=build)
    return _outcome(written=readings, message=f"{build} is published.")


@shared_task(name="reporting.restate")
def restate(*, restating_id: int) -> dict[str, Any]:
    """Measure what who is who did to numbers. Running it twice measures it once."""
    made = restating.measure(restating_id=restating_id, at=timezone.now())
    return {"state": made.state, "looked_at": made.looked_at}


@shared_task(name=moving.TASK)
def explain(*, build_id: int) -> dict[str, Any]:
    """Find out why the build's numbers moved. Running it twice finds it out once."""
    try:
        return {"moved": moving.measure(build_id=build_id), "message": ""}
    except moving.CannotExplain as refused:
        return {"moved": 0, "message": str(refused)}


def _outcome(
    *, written: int = 0, unchanged: int = 0, rejected: int = 0, message: str
) -> dict[str, Any]:
    return {
        "rows_in": written + unchanged + rejected,
        "written": written,
        "unchanged": unchanged,
        "rejected": rejected,
        "more": False,
        "cursor": {},
        "message": message,
    }
