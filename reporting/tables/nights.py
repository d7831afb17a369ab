"""A night as shown: its steps, and what became of the rows they read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from measurement.models import Night, NightStep

# Drawings inside cells are this wide, in their own units.
WIDTH = 100

# What came in from outside is what these steps read; later steps read it again.
SOURCES = "measurement."


@dataclass(frozen=True)
class Split:
    """How the rows of a step fall apart, as widths of a drawing."""

    written: float
    unchanged: float
    rejected: float

    @property
    def rejected_from(self) -> float:
        return round(self.written + self.unchanged, 2)


@dataclass(frozen=True)
class StepRow:
    """One step, and how its rows fall apart where it read any."""

    step: NightStep
    split: Split | None


@dataclass(frozen=True)
class NightRow:
    """One night: what it took in, how far it came, how long it took, and at what size."""

    night: Night
    steps: tuple[StepRow, ...]
    rows_in: int
    written: int
    unchanged: int
    rejected: int
    done: int
    seconds: float
    peak_mb: float

    @property
    def is_running(self) -> bool:
        return self.night.state == Night.State.RUNNING

    @property
    def present(self) -> NightStep | None:
        """Return the step the night is at, or where it ended before its time."""
        return next(
            (row.step for row in self.steps if row.step.state != NightStep.State.DONE),
            None,
        )


def night_row(night: Night, steps: Iterable[NightStep], *, now: datetime) -> NightRow:
    """Arrange one night; a running one has taken the time until ``now``."""
    listed = sorted(steps, key=lambda step: step.position)
    sources = [step for step in listed if step.task.startswith(SOURCES)]
    return NightRow(
        night=night,
        steps=tuple(StepRow(step, split(step)) for step in listed),
        rows_in=sum(step.rows_in for step in sources),
        written=sum(step.written for step in sources),
        unchanged=sum(step.unchanged for step in sources),
        rejected=sum(step.rejected for step in sources),
        done=sum(step.state == NightStep.State.DONE for step in listed),
        seconds=((night.ended_at or now) - night.started_at).total_seconds(),
        peak_mb=max((step.peak_mb for step in listed), default=0.0),
    )


def split(step: NightStep) -> Split | None:
    """Return how the step's rows fall apart; nothing where it read none."""
    if not step.rows_in:
        return None
    written, unchanged, rejected = (
        round(WIDTH * rows / step.rows_in, 2)
        for rows in (step.written, step.unchanged, step.rejected)
    )
    return Split(written=written, unchanged=unchanged, rejected=rejected)
