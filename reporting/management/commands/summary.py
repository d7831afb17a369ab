"""Sum up the last night."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from measurement.models import NightStep
from reporting.summary import Figures, NoNightYet, Summary, last_night


class Command(BaseCommand):
    """Print what a person checks first: do the figures tie?"""

    help = "Print the last night's figures."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print them as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            summary = last_night()
        except NoNightYet as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(described(summary), indent=2))
        else:
            self.stdout.write("\n".join(written(summary)))


def described(summary: Summary) -> dict[str, Any]:
    """Return the figures of the real storefront, and beside them the generated one's."""
    return {
        "night": summary.night.pk,
        "state": summary.night.state,
        **_described(summary.real),
        "build": summary.build,
        "seconds": round(summary.seconds, 3),
        "peak_mb": round(summary.peak_mb, 1),
        "steps": [_step(step) for step in summary.steps],
        "generated": _described(summary.generated),
    }


def written(summary: Summary) -> list[str]:
    """Return the figures as lines of a table, for people."""
    night, real, generated = summary.night, summary.real, summary.generated
    build = f"Build {summary.build}" if summary.build else "No build"
    rows: list[tuple[str, object, object]] = [
        (name.replace("_", " ").capitalize(), figure, asdict(generated)[name])
        for name, figure in asdict(real).items()
    ]
    return [
        f"{night} is {night.state}: {_steps(len(summary.steps))} in "
        f"{summary.seconds:.1f} s, {summary.peak_mb:.0f} MB at most. {build} is shown.",
        f"{'':18}{'real':>18}{'generated':>18}",
        *(f"{label:18}{_shown(left)}{_shown(right)}" for label, left, right in rows),
    ]


def _steps(number: int) -> str:
    return f"{number} step{'' if number == 1 else 's'}"


def _shown(figure: object) -> str:
    return f"{figure:>18,}" if isinstance(figure, int) else f"{figure:>18,.2f}"


def _described(figures: Figures) -> dict[str, Any]:
    return asdict(figures) | {"sales_value": f"{figures.sales_value:.2f}"}


def _step(step: NightStep) -> dict[str, Any]:
    return {
        "label": step.label,
        "rows_in": step.rows_in,
        "written": step.written,
        "unchanged": step.unchanged,
        "rejected": step.rejected,
        "seconds": round(step.seconds, 3),
        "peak_mb": round(step.peak_mb, 1),
    }
