"""What a file would ask for, row by row, before anybody asks for it."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db import models

from governance import differences, kinds, soundness
from governance.changes import Proposed
from governance.exchange.rows import Problem, Row
from governance.models import Domain, Operation, State, Version

type Name = tuple[str, str]


class Verdict(models.TextChoices):
    """What becomes of a row."""

    NEW = "new", "New"
    CHANGED = "changed", "Changed"
    UNCHANGED = "unchanged", "Unchanged"
    MOVED = "moved", "Changed since the export"
    WRONG = "wrong", "Wrong"


# What is asked for, and what has to be left out of it.
ASKED = (Verdict.NEW, Verdict.CHANGED)
LEFT_OUT = (Verdict.WRONG, Verdict.MOVED)
# Of a kind and a key, at the beginning of a sentence.
_MOST_WORDS = 8


class LeftOut(Exception):
    """Rows of the file cannot be asked for, and nobody said to do without them."""


@dataclass(frozen=True)
class Tried:
    """One row, what would come of it, and why; ``asked`` has what holds now as its base."""

    row: Row
    verdict: Verdict
    asked: Operation
    problems: tuple[Problem, ...] = ()
    note: str = ""

    @property
    def changes(self) -> list[differences.Change]:
        """Return the parts it says otherwise; of something new, all it says."""
        if self.verdict not in {*ASKED, Verdict.MOVED}:
            return []
        every = differences.between(self.asked.base, self.asked)
        return [change for change in every if change.is_one]

    @property
    def proposed(self) -> Proposed:
        return Proposed(
            self.asked.kind, self.asked.key, self.asked.domain_id, self.asked.body,
            self.asked.state, self.asked.successor,
            base=self.asked.base.number if self.asked.base else 0,
        )  # fmt: skip


@dataclass(frozen=True)
class Trial:
    """Every row of a file, tried; ``unsound`` is wrong with them taken together."""

    tried: Sequence[Tried]
    unsound: tuple[str, ...] = ()

    @cached_property
    def counts(self) -> dict[str, int]:
        counted = dict.fromkeys(Verdict.values, 0)
        for each in self.tried:
            counted[each.verdict] += 1
        return counted

    @property
    def asked(self) -> list[Proposed]:
        return [each.proposed for each in self.tried if each.verdict in ASKED]

    @property
    def left_out(self) -> int:
        return sum(self.counts[verdict] for verdict in LEFT_OUT)

    @cached_property
    def digest(self) -> str:
        """Return the same for the same outcome: whoever read it asks for what they read."""
        said = [
            [each.verdict, *vars(each.proposed).values(), *map(str, each.problems)]
            for each in self.tried
        ]
        return hashlib.sha256(json.dumps([said, self.unsound]).encode()).hexdigest()


@dataclass(frozen=True)
class Agreed:
    """What rows are held against: what holds now, and what they were exported from.

    ``kinds`` are those the asker may read.
    """

    held: Mapping[Name, Version]
    earlier: Mapping[tuple[str, str, int], Version]
    domains: Collection[str]
    kinds: Collection[str]


def try_out(rows: Sequence[Row], *, known: Collection[str]) -> Trial:
    """Return what the rows would ask for; ``known`` are the kinds the asker may read.

    Asks the database as often for a thousand rows as for one.
    """
    return together(against(rows, agreed_on(rows, known=known)))


def agreed_on(rows: Sequence[Row], *, known: Collection[str]) -> Agreed:
    readable = [row for row in rows if "\0" not in row.key]
    named = Version.objects.filter(
        kind__in={row.kind for row in readable} & set(known),
        key__in={row.key for row in readable},
    )
    held = {(each.kind, each.key): each for each in named.current()}
    numbers = {
        row.version
        for row in readable
        if row.version
        and (before := held.get((row.kind, row.key)))
        and row.version != before.number
    }
    return Agreed(
        held=held,
        earlier={
            (each.kind, each.key, each.number): each
            for each in named.filter(number__in=numbers)
        },
        domains=set(Domain.objects.values_list("key", flat=True)),
        kinds=known,
    )


def against(rows: Sequence[Row], agreed: Agreed) -> list[Tried]:
    """Return what becomes of each row by itself."""
    lines: dict[Name, list[int]] = defaultdict(list)
    for row in rows:
        lines[row.kind, row.key].append(row.line)
    return [_tried(row, lines[row.kind, row.key], agreed) for row in rows]


def _tried(row: Row, lines: Sequence[int], agreed: Agreed) -> Tried:
    before = agreed.held.get((row.kind, row.key))
    asked = _asked(row, before)
    found = [*row.problems, *_misnamed(row, agreed.kinds, lines)]
    if not found and before and row.version not in {None, before.number}:
        number = row.version or 0
        return _moved(row, asked, agreed.earlier.get((row.kind, row.key, number)))
    if not found and before and kinds.says(before) == kinds.says(asked):
        return Tried(row, Verdict.UNCHANGED, asked)
    # What could not be read says nothing, and is not wrong twice.
    found += [] if row.problems else _wrong(row, asked, agreed.domains)
    return _judged(row, asked, found)


def _asked(row: Row, before: Version | None) -> Operation:
    """Return the definition as it shall be: what the file does not say stays as it is."""
    return Operation(
        kind=row.kind,
        key=row.key,
        domain_id=row.domain or (before.domain_id if before else ""),
        state=row.state or (before.state if before else State.ACTIVE),
        successor=(before.successor if before else "")
        if row.successor is None
        else row.successor,
        body=kinds.normal(row.kind, {**(before.body if before else {}), **row.body}),
        base=before,
    )


def _misnamed(row: Row, known: Collection[str], lines: Sequence[int]) -> list[Problem]:
    found = []
    if row.kind not in known:
        words = f"There is no kind “{row.kind[:60]}”; there are {', '.join(known)}."
        found.append(row.problem(words))
    if len(lines) > 1 and row.key:
        listed = ", ".join(map(str, lines[:5]))
        words = f"It is said more than once, in the lines {listed}. Say it once."
        found.append(row.problem(words, name="key"))
    return found


def _wrong(row: Row, asked: Operation, domains: Collection[str]) -> list[Problem]:
    if asked.kind not in kinds.KINDS:
        return []
    called = f"{asked.kind} {asked.key}: "
    found = [row.wrong(words.removeprefix(called)) for words in kinds.problems([asked])]
    if asked.domain_id not in domains:
        words = (
            f"There is no domain “{asked.domain_id[:60]}”; there are "
            f"{', '.join(sorted(domains))}."
            if asked.domain_id
            else "It says no domain, and is new: somebody has to answer for it."
        )
        found.append(row.problem(words, name="domain"))
    return found


def _moved(row: Row, asked: Operation, exported: Version | None) -> Tried:
    """Return what becomes of a row that was exported from an earlier version."""
    base = asked.base
    holds = base.number if base else 0
    if exported and kinds.says(exported) == kinds.says(_asked(row, exported)):
        note = (
            f"You left it as version {row.version} said; version {holds} holds by now "
            f"and stays."
        )
        return Tried(row, Verdict.UNCHANGED, asked, note=note)
    note = (
        f"It has changed since you exported version {row.version}: version {holds} holds "
        f"now. Look at both, and write down against version {holds} what shall be."
    )
    return Tried(row, Verdict.MOVED, asked, note=note)


def _judged(row: Row, asked: Operation, problems: Iterable[Problem]) -> Tried:
    found = tuple(problems)
    if found:
        return Tried(row, Verdict.WRONG, asked, found)
    if asked.base:
        return Tried(row, Verdict.CHANGED, asked)
    note = (
        f"The file says version {row.version}, and nothing of that name is agreed on here."
        if row.version
        else ""
    )
    return Tried(row, Verdict.NEW, asked, note=note)


def together(tried: Sequence[Tried]) -> Trial:
    """Let the apps above say what is wrong with all that would be asked for at once."""
    operations = [each.asked for each in tried if each.verdict in ASKED]
    of_all: list[str] = []
    of_rows: dict[str, list[str]] = defaultdict(list)
    names = {str(operation) for operation in operations}
    for words in soundness.problems(operations) if operations else ():
        name = _about(words, names)
        (of_rows[name] if name else of_all).append(words)
    judged = [
        _judged(each.row, each.asked, map(each.row.problem, of_rows[str(each.asked)]))
        if each.verdict in ASKED and str(each.asked) in of_rows
        else each
        for each in tried
    ]
    return Trial(judged, tuple(of_all))


def _about(words: str, names: Collection[str]) -> str:
    """Return the definition a sentence begins with; empty, if with none of them."""
    said = words.split(" ", _MOST_WORDS)[:_MOST_WORDS]
    begun = (" ".join(said[:n]).rstrip(":") for n in range(1, len(said) + 1))
    return next((name for name in begun if name in names), "")
