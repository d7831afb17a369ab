"""Run a night from the terminal."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError
from django.utils import timezone

from measurement import foreground
from measurement import night as nights
from measurement.foreground import Progress
from measurement.models import Night, NightStep


class Command(BaseCommand):
    """Do everything that is new, here and now, or leave it to the workers."""

    help = (
        "Load what is new, stitch, compute and publish; go on with a night cut short."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--queue", action="store_true", help="leave it to the workers"
        )
        parser.add_argument(
            "--json", action="store_true", help="print what was done as JSON"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["queue"]:
                night = nights.hand_over(at=timezone.now())
                self.stdout.write(f"{night} is with the workers: manage.py worker.")
                return
            night = foreground.run(
                at=timezone.now(),
                clock=timezone.now,
                report=_silent if options["json"] else self._report,
            )
        except nights.NightError as error:
            raise CommandError(str(error)) from error
        except OperationalError as error:
            raise CommandError(
                f"The database stopped answering: {error}. The pages done are kept; "
                f"manage.py night goes on from there."
            ) from error
        except KeyboardInterrupt:
            raise CommandError(
                "Stopped. The pages done are kept; manage.py night goes on from there.",
                returncode=130,
            ) from None
        if options["json"]:
            self.stdout.write(json.dumps(_described(night), indent=2))

    def _report(self, progress: Progress) -> None:
        """Write a line per finished step; on a terminal, one that moves until then."""
        step = progress.step
        is_over = step.state in {NightStep.State.DONE, NightStep.State.FAILED}
        if not is_over and not self.stdout.isatty():
            return
        line = (
            f"{progress.number:>3}/{progress.out_of} {step.label:<44} "
            f"{step.rows_in:>11,} rows {step.seconds:>7.1f} s"
        )
        if step.rejected:
            line += f"  {step.rejected:,} rejected"
        if step.message and is_over:
            line += f"  {step.message}"
        start = "\r\x1b[K" if self.stdout.isatty() else ""
        self.stdout.write(start + line, ending="\n" if is_over else "")
        self.stdout.flush()


def _silent(progress: Progress) -> None:
    """Say nothing: the JSON at the end says it all."""


def _described(night: Night) -> dict[str, Any]:
    ended = night.ended_at or night.started_at
    return {
        "night": night.pk,
        "state": night.state,
        "seconds": round((ended - night.started_at).total_seconds(), 3),
        "steps": [
            {
                "label": step.label,
                "rows_in": step.rows_in,
                "written": step.written,
                "unchanged": step.unchanged,
                "rejected": step.rejected,
                "seconds": round(step.seconds, 3),
                "peak_mb": round(step.peak_mb, 1),
            }
            for step in night.steps.all()
        ],
    }
