"""Changes written down: an event with what was before, its moves, and the links they make."""

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from governance.models import User
from identity import rows
from identity.ledger.images import Images
from identity.ledger.survivors import AN_INSTANT, OpenLink, moment_after
from identity.models import IdentityEvent, Link, Merge, Move

Kind = IdentityEvent.Kind
# Two merges at once could leave one person in two halves; the second waits.
_MERGE_LOCK = 7_015_001


class Moved(NamedTuple):
    """A record goes from one person, or from nobody, to another; which rule makes it so."""

    record: int
    origin: int | None
    to: int
    reason: str


@dataclass(frozen=True, slots=True)
class Told:
    """Why one event happened, in words, and what spoke for it; by which model and policy.

    Where it names neither, the cause of all of them does.
    """

    reason: str
    evidence: Mapping[str, Any] = field(default_factory=dict)
    model: str = ""
    policy: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One event before it is written. Two people and what moves between them.

    ``person`` is who stays, ``other`` whom it happens to; those who arrive name neither.
    """

    kind: str
    moves: Sequence[Moved] = ()
    person: int | None = None
    other: int | None = None
    undoes: int | None = None


@dataclass(frozen=True, slots=True)
class Cause:
    """Why the graph changes: who or which rule, by which model, policy and night.

    ``tell`` says of each event of a night why it happened; without it all have one
    reason.
    """

    reason: str
    by: User | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)
    model: str = ""
    policy: str = ""
    run: str = ""
    tell: Callable[[Change], Told] | None = None

    def of(self, change: Change) -> Told:
        """Return why this one happened."""
        return self.tell(change) if self.tell else Told(self.reason, self.evidence)


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: the events' numbers, in order, and since when it holds."""

    events: Sequence[int]
    moment: datetime
    linked: int


def wait_for_other_merges() -> None:
    """Return once no other transaction moves links; others wait for the end of ours."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [_MERGE_LOCK])


def write(
    changes: Sequence[Change],
    *,
    links: Mapping[int, OpenLink],
    cause: Cause,
    at: datetime,
) -> Written:
    """Write the changes in this order, as of ``at`` or just after what stands last.

    Args:
        changes: no record may move twice in one writing.
        links: the open link of every record that moves and belongs to somebody.
        cause: why.
        at: when it was said; the ledger goes forward, so a late word holds from the
            last written moment on, and no earlier one is told differently than before.
    """
    wait_for_other_merges()
    moving = [move for change in changes for move in change.moves]
    ending = [links[move.record] for move in moving if move.origin is not None]
    moment = _next_moment(moment_after(at, ending))
    if not changes:
        return Written((), moment, 0)
    numbers = [number for (number,) in rows.select("next_events", events=len(changes))]
    new_links = dict(
        zip(
            (move.record for move in moving if move.origin is not None),
            (number for (number,) in rows.select("next_links", links=len(ending))),
            strict=True,
        )
    )
    _write_events(changes, numbers, new_links, cause, moment)
    _write_moves(changes, numbers)
    rows.change("end_links", links=[link.link for link in ending], at=moment)
    _write_links(changes, numbers, new_links, moment)
    _write_merges(changes, numbers, cause, moment)
    return Written(numbers, moment, len(moving))


def _next_moment(at: datetime) -> datetime:
    """Return the moment, or the first one after the event that stands last."""
    last = IdentityEvent.objects.order_by("-id").values_list("at", flat=True).first()
    return at if last is None or last < at else last + AN_INSTANT


def _write_events(
    changes: Sequence[Change],
    numbers: Sequence[int],
    new_links: Mapping[int, int],
    cause: Cause,
    moment: datetime,
) -> None:
    images = Images.of(
        who
        for change in changes
        if change.kind != Kind.ARRIVED
        for who in (change.person, change.other)
        if who is not None
    )
    name = cause.by.get_username() if cause.by else "a rule"
    rows.copy(
        IdentityEvent,
        [
            "id", "kind", "at", "by", "by_name", "reason", "person", "other", "undoes",
            "evidence", "model_version", "policy_version", "run", "before", "after",
        ],
        (
            (
                number, change.kind, moment, cause.by.pk if cause.by else None, name,
                told.reason, change.person, change.other, change.undoes,
                json.dumps(told.evidence), told.model or cause.model,
                told.policy or cause.policy, cause.run,
                json.dumps(before), json.dumps(after),
            )
            for number, change in zip(numbers, changes, strict=True)
            for told in [cause.of(change)]
            for before, after in [_sides(images, change, new_links, moment)]
        ),
    )  # fmt: skip


def _sides(
    images: Images, change: Change, new_links: Mapping[int, int], moment: datetime
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return how both people were before the change, and how they are after it."""
    if change.kind == Kind.ARRIVED:
        return [], []
    both = [who for who in (change.person, change.other) if who is not None]
    before = [images.told(who) for who in both]
    for move in change.moves:
        if move.origin is not None:
            images.move(
                move.record, move.origin, move.to,
                link=new_links[move.record], since=moment, reason=move.reason,
            )  # fmt: skip
    if change.kind in (Kind.MERGED, Kind.REMERGED):
        images.absorb(change.other, into=change.person)
    if change.kind == Kind.UNMERGED:
        images.revive(change.other, out_of=change.person)
    if change.kind in (Kind.LOCKED, Kind.UNLOCKED):
        images.lock(change.person, moment if change.kind == Kind.LOCKED else None)
    return before, [images.told(who) for who in both]


def _write_moves(changes: Sequence[Change], numbers: Sequence[int]) -> None:
    rows.copy(
        Move,
        ["event", "record", "from_person", "to_person"],
        (
            (number, move.record, move.origin, move.to)
            for number, change in zip(numbers, changes, strict=True)
            for move in change.moves
        ),
    )


def _write_links(
    changes: Sequence[Change],
    numbers: Sequence[int],
    new_links: Mapping[int, int],
    moment: datetime,
) -> None:
    columns = ["record", "person", "started_at", "reason", "event"]
    # Written out once: a million moments would take longer to write than their rows.
    since = moment.isoformat()
    moved: list[tuple[object, ...]] = []
    came: dict[int, Sequence[Moved]] = defaultdict(list)
    for number, change in zip(numbers, changes, strict=True):
        if change.kind == Kind.ARRIVED:
            came[number] = change.moves
            continue
        moved += [
            (new_links[move.record], move.record, move.to, since, move.reason, number)
            for move in change.moves
        ]
    if moved:
        rows.copy(Link, ["id", *columns], moved)
    for number, moves in came.items():
        rows.copy(
            Link,
            columns,
            ((move.record, move.to, since, move.reason, number) for move in moves),
        )


def _write_merges(
    changes: Sequence[Change], numbers: Sequence[int], cause: Cause, moment: datetime
) -> None:
    merges = [
        (
            change.person,
            change.other,
            moment,
            cause.by.pk if cause.by else None,
            cause.of(change).reason,
            number,
        )
        for number, change in zip(numbers, changes, strict=True)
        if change.kind in (Kind.MERGED, Kind.REMERGED)
    ]
    if merges:
        rows.copy(Merge, ["kept", "absorbed", "at", "by", "reason", "event"], merges)
