"""Say how right the joining is, against a file that knows the truth."""

import csv
from collections.abc import Iterator
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from governance.models import Storefront
from identity.matching.measuring import Grouped
from identity.models import Link, MatchCandidate
from identity.scoring import score

_COLUMNS = {"system", "record_id", "person"}
type Record = tuple[str, str]


class Command(BaseCommand):
    """Compares open links with a CSV of system, record_id and person."""

    help = "Print precision and recall of who is who against a file of the truth."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--truth", type=Path, required=True, metavar="FILE")

    def handle(self, *, truth: Path, **_: object) -> None:
        known = _read(truth)
        for storefront in Storefront.objects.all():
            found = _found(storefront)
            self.stdout.write(_line(storefront.name, score(found, known)))
        self.stdout.write(_questions(known))


def _read(path: Path) -> dict[Record, str]:
    try:
        # A spreadsheet puts a mark before the first letter.
        with path.open(newline="", encoding="utf-8-sig") as file:
            return dict(_rows(path, csv.DictReader(file)))
    except FileNotFoundError as error:
        raise CommandError(f"There is no file {path}. The demo writes one.") from error
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{path} is not text in UTF-8: {error.reason}.") from error


def _rows(path: Path, reader: "csv.DictReader[str]") -> Iterator[tuple[Record, str]]:
    missing = _COLUMNS - set(reader.fieldnames or ())
    if missing:
        raise CommandError(
            f"{path} has no column {', '.join(sorted(missing))}; a file of the "
            f"truth has system, record_id and person."
        )
    for row in reader:
        if not row["person"]:
            raise CommandError(
                f"In line {reader.line_num} {path} names no person. Every row of the "
                f"truth says whose record it is."
            )
        yield (row["system"], row["record_id"]), row["person"]


def _found(storefront: Storefront) -> dict[Record, int]:
    links = Link.objects.as_of(None).filter(record__system__storefront=storefront)
    rows = links.values_list("record__system__key", "record__source_id", "person")
    return {(system, source_id): person for system, source_id, person in rows}


def _line(name: str, counted: Grouped) -> str:
    pairs = counted.pairs
    return (
        f"{name}: {pairs.found:,} pairs joined, precision {pairs.precision:.5f}, "
        f"recall {pairs.recall:.4f}, largest person {counted.largest:,} records"
    )


def _questions(known: dict[Record, str]) -> str:
    """Say how many of the waiting pairs are one person: the queue is worth its while."""
    fields = ("system__key", "source_id")
    pairs = MatchCandidate.objects.pending().values_list(
        *(f"{side}__{field}" for side in ("left", "right") for field in fields)
    )
    truths = [(known.get((a, b)), known.get((c, d))) for a, b, c, d in pairs]
    same = sum(one is not None and one == other for one, other in truths)
    return f"queue: {len(truths):,} pairs wait, {same:,} of them are one person"
