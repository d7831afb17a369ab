"""Answers from a file: all of them are taken, or none, each guarded like any other."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from governance.models import User
from identity.models import Answer, MatchCandidate
from identity.queue.answering import Given, answer_unclaimed, in_words
from identity.queue.claiming import only_stewards
from identity.queue.refusals import ReviewError, Unreadable

Said = Answer.Said
MOST_ROWS = 500
# What needs a day, a colleague or a value is said on the pair's page.
_MAY_SAY = (Said.MERGE, Said.NOT_SAME, Said.HOUSEHOLD, Said.CANT_TELL)
_WORDS = {
    word: said for said in _MAY_SAY for word in (said.value, said.label.casefold())
}
_WHY = "Answered in a file."
_LONGEST = 400


@dataclass(frozen=True)
class Row:
    """One line of the file: what it says of which pair, and of what evidence."""

    line: int
    pair: int
    said: str
    reason: str
    evidence_digest: str

    @property
    def in_words(self) -> str:
        return Said(self.said).label


@dataclass(frozen=True)
class Fault:
    """A line that cannot be taken, and why."""

    line: int
    sentence: str


@dataclass(frozen=True)
class Taken:
    """What became of a file; with one fault or more nothing was written."""

    rows: Sequence[tuple[Row, MatchCandidate]]
    faults: Sequence[Fault]
    is_written: bool


class _NotWritten(Exception):
    """Nothing of it is to stay."""


def take(text: str, *, by: User, at: datetime, write: bool) -> Taken:
    """Answer every pair the file names; without ``write``, only say what would come of it.

    Both do the same, so what the preview lets pass the file does too, unless somebody
    answers in between.

    Raises:
        NotASteward: ``by`` is not in the group of stewards.
        Unreadable: it is no such file, or longer than is read at once.
    """
    only_stewards(by)
    rows, faults = _read(text)
    pairs = _pairs(rows)
    try:
        with transaction.atomic():
            faults += list(_answer(rows, pairs, by, at))
            if faults or not write:
                raise _NotWritten
    except _NotWritten:
        pass
    return Taken(
        [(row, pairs[row.pair]) for row in rows if row.pair in pairs],
        sorted(faults, key=lambda each: each.line),
        write and not faults,
    )


def _answer(
    rows: Iterable[Row], pairs: Mapping[int, MatchCandidate], by: User, at: datetime
) -> Iterator[Fault]:
    """Answer each; yield why one was refused."""
    for row in rows:
        pair = pairs.get(row.pair)
        if pair is None:
            yield Fault(row.line, f"There is no pair {row.pair}.")
            continue
        digest = row.evidence_digest or pair.evidence_digest
        given = Given(row.said, digest, row.reason or _WHY)
        try:
            answer_unclaimed(candidate_id=pair.pk, given=given, by=by, at=at)
        except ReviewError as refused:
            yield Fault(row.line, str(refused))


def _pairs(rows: Sequence[Row]) -> dict[int, MatchCandidate]:
    named = [row.pair for row in rows]
    found = MatchCandidate.objects.filter(pk__in=named).with_records()
    return {pair.pk: pair for pair in found}


def _read(text: str) -> tuple[list[Row], list[Fault]]:
    """Return the lines that say something, and what is wrong with others."""
    table = csv.DictReader(io.StringIO(text.lstrip("\ufeff"), newline=""), restval="")
    rows: list[Row] = []
    faults: list[Fault] = []
    seen: dict[int, int] = {}
    try:
        if not {"pair", "answer"} <= set(table.fieldnames or ()):
            raise Unreadable(
                "The first line names the columns. There are to be two: pair and answer; "
                "the queue as CSV has the first, add the second."
            )
        for each in table:
            found = _row(table.line_num, each)
            if isinstance(found, Row) and found.pair in seen:
                sentence = (
                    f"Pair {found.pair} stands in line {seen[found.pair]} already."
                )
                found = Fault(table.line_num, sentence)
            if isinstance(found, Fault):
                faults.append(found)
            elif found is not None:
                seen[found.pair] = found.line
                rows.append(found)
            if len(rows) > MOST_ROWS:
                raise Unreadable(
                    f"More than {MOST_ROWS} answers are not taken at once. Send it in "
                    f"parts."
                )
    except csv.Error as error:
        raise Unreadable(
            f"Line {table.line_num} is no line of CSV: {error}."
        ) from error
    if not rows and not faults:
        raise Unreadable("No line of it says anything in the column answer.")
    return rows, faults


def _row(line: int, said: Mapping[str | None, str]) -> Row | Fault | None:
    typed = (said["answer"] or "").strip().casefold().replace("\u2019", "'")
    if not typed:
        return None
    number = (said["pair"] or "").strip()
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return Fault(line, f"“{number[:40]}” is no number of a pair.")
    if typed not in _WORDS:
        can = ", ".join(each.value for each in _MAY_SAY)
        return Fault(
            line, f"“{typed[:40]}” is no answer a file gives; there are {can}."
        )
    reason = in_words(said.get("reason") or "")[:_LONGEST]
    digest = (said.get("evidence_digest") or "").strip()
    return Row(line, int(number), _WORDS[typed], reason, digest)
