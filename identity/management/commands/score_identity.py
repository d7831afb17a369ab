"""Say how right the engine is about a file of people whose truth is known."""

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from identity.matching import reading, trial
from identity.matching.engines import Engine, NobodyAnswers
from identity.matching.fields import RecordsError
from identity.matching.several import read_all
from identity.matching.trial import Trial

_SAID_IN_WORDS = (reading.FileError, trial.TrialError, RecordsError, NobodyAnswers)


class Command(BaseCommand):
    """Runs the engine on the file, then compares who is who with the column of the truth."""

    help = "Print how right pairs and people are, by step and by band of probability."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", type=Path, nargs="+", metavar="FILE")
        parser.add_argument("--truth", required=True, metavar="COLUMN")
        parser.add_argument("--labels", type=int, default=0, metavar="N")
        parser.add_argument("--source", default="", metavar="COLUMN")
        parser.add_argument("--clean", nargs="*", default=[], metavar="SOURCE")
        parser.add_argument("--spark", default="", metavar="ADDRESS")
        parser.add_argument("--json", action="store_true")

    def handle(
        self,
        *,
        files: list[Path],
        truth: str,
        labels: int,
        source: str,
        clean: list[str],
        spark: str,
        json: bool,
        **_: object,
    ) -> None:
        asked = [column for column in (truth, source) if column]
        try:
            with _at(spark) as on:
                found = trial.run(
                    read_all(files, but=asked),
                    truth=truth,
                    labels=labels,
                    source=source,
                    clean=clean,
                    on=on,
                )
        except _SAID_IN_WORDS as error:
            raise CommandError(str(error)) from error
        if json:
            self.stdout.write(_as_json(found))
        else:
            for line in _lines(found):
                self.stdout.write(line)


def _at(spark: str) -> AbstractContextManager[Engine | None]:
    """Return the Spark at the address; without one, DuckDB answers here."""
    if not spark:
        return nullcontext()
    # Its libraries are many, and without an address nobody needs them.
    from identity.matching import spark as elsewhere

    return elsewhere.at(spark)


def _as_json(found: Trial) -> str:
    return json.dumps(found.as_json(), indent=1)


def _lines(found: Trial) -> Iterator[str]:
    yield (
        f"{found.records:,} records, {found.compared:,} pairs looked at, "
        f"{found.seconds:.1f} s."
    )
    read = (f"{column} ({kind})" for column, kind in found.columns if kind != "record")
    yield f"Columns: {', '.join(read) or 'none that says anything'}."
    if found.clean:
        yield f"Nobody stands twice in: {', '.join(found.clean)}."
    if found.quarantined:
        yield f"Values that too many share: {found.quarantined:,}."
    if found.answers:
        yield f"Answers given: {found.answers:,}."
    yield ""
    yield f"{'step':<32}{'pairs':>12}{'precision':>11}{'recall':>9}{'F1':>9}"
    for stage in found.stages:
        right = stage.right
        yield (
            f"{stage.name:<32}{right.found:>12,}{right.precision:>11.4f}"
            f"{right.recall:>9.4f}{right.f1:>9.4f}"
        )
    yield ""
    yield f"{'people (B³)':<32}{'largest':>12}{'precision':>11}{'recall':>9}{'F1':>9}"
    for name, grouped in (
        ("what merges by itself", found.merged),
        ("the likelier answer", found.likelier),
    ):
        yield (
            f"{name:<32}{grouped.largest:>12,}{grouped.b3_precision:>11.4f}"
            f"{grouped.b3_recall:>9.4f}{grouped.b3_f1:>9.4f}"
        )
    yield ""
    yield f"{'probability':<32}{'pairs':>12}{'promised':>11}{'true':>9}"
    for band in found.bands:
        yield (
            f"{f'{band.low:g} to {band.high:g}':<32}{band.pairs:>12,}"
            f"{band.promised:>11.4f}{band.true:>9.4f}"
        )
    yield ""
    per_hundred = 100 * found.questions / max(1, found.records)
    yield f"Calibration error above 0.2: {found.calibration_error:.4f}."
    yield f"Open questions: {found.questions:,}, {per_hundred:.1f} per 100 records."
