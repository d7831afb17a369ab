"""A copy that its process was killed over: removed later, and never under a living hand."""

import hashlib
import os
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings as ours

from measurement.sources import kept
from tests.make import moment

NOW = moment("2026-03-01T02:00")


@pytest.fixture
def export(settings, tmp_path: Path) -> Path:
    settings.RAW = tmp_path / "raw"
    file = tmp_path / "export.csv"
    file.write_text("order,total\n1,9.99\n")
    return file


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("last_written", "is_left"),
    [(ours.TASK_SECONDS + 1, False), (ours.TASK_SECONDS - 1, True)],
)
def test_a_half_written_file_goes_when_no_task_can_be_at_it(
    export, last_written, is_left
):
    unfinished = half_written(export, at=NOW, seconds_ago=last_written)

    kept.keep(export, encoding="utf-8", at=NOW)

    assert unfinished.exists() == is_left


@pytest.mark.django_db
def test_the_half_of_another_file_is_left_alone(export, tmp_path):
    other = tmp_path / "other.csv"
    other.write_text("order,total\n2,1.00\n")
    unfinished = half_written(other, at=NOW, seconds_ago=ours.TASK_SECONDS + 1)

    kept.keep(export, encoding="utf-8", at=NOW)

    assert unfinished.exists()


def half_written(file: Path, *, at: datetime, seconds_ago: int) -> Path:
    """Leave what a killed process leaves that was keeping the file."""
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    unfinished = ours.RAW / digest[:2] / f"{digest}.1234.unfinished"
    unfinished.parent.mkdir(parents=True)
    unfinished.write_text("order,to")
    written_at = at.timestamp() - seconds_ago
    os.utime(unfinished, (written_at, written_at))
    return unfinished
