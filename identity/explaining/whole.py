"""One thing that was done to who is who, in full: both sides before and after, what moved."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from identity import contacts
from identity.explaining import read
from identity.models import IdentityEvent, Merge, Move
from measurement.models import CustomerRecord

# As many as anybody reads of one side; the rest is counted.
SHOWN = 50
_OF_A_RECORD = ("email", "phone", "birth_on")


@dataclass(frozen=True, slots=True)
class Told:
    """A record as a reader is shown it: what it says today, and what the event says of it."""

    record: CustomerRecord
    said: Sequence[str]
    since: datetime | None = None
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Image:
    """One of the two as the event keeps them; of ``records_in_all`` some are shown."""

    public_id: str
    is_locked: bool
    aliases: Sequence[str]
    records: Sequence[Told]
    records_in_all: int


@dataclass(frozen=True, slots=True)
class Happening:
    """An event in full. ``may_be_undone`` says whether anything is left to undo."""

    event: IdentityEvent
    before: Sequence[Image]
    after: Sequence[Image]
    moved: Sequence[Told]
    moved_in_all: int
    undone_by: IdentityEvent | None
    may_be_undone: bool


def happening(event: IdentityEvent, *, may_see: bool) -> Happening:
    """Return all that was written of the event; contacts in full for who ``may_see`` them."""
    moves = Move.objects.filter(event=event)
    moved = list(moves.order_by("record").values_list("record", flat=True)[:SHOWN])
    images = [*event.before, *event.after]
    records = read.named({*moved, *_first_of(images)})
    undone = IdentityEvent.objects.filter(undoes=event).first()
    return Happening(
        event=event,
        before=[_image(each, records, may_see=may_see) for each in event.before],
        after=[_image(each, records, may_see=may_see) for each in event.after],
        moved=[_told(records[each], may_see=may_see) for each in moved],
        moved_in_all=moves.count(),
        undone_by=undone,
        may_be_undone=undone is None and _stands(event),
    )


def _stands(event: IdentityEvent) -> bool:
    """Return whether the event is a merge that holds, or the undoing of one."""
    if event.kind == IdentityEvent.Kind.UNMERGED:
        return True
    return Merge.objects.as_of(None).filter(event=event).exists()


def _first_of(images: Iterable[Mapping[str, Any]]) -> set[int]:
    return {each["record"] for image in images for each in image["records"][:SHOWN]}


def _image(
    image: Mapping[str, Any], records: Mapping[int, CustomerRecord], *, may_see: bool
) -> Image:
    return Image(
        public_id=image["public_id"],
        is_locked=image["locked_at"] is not None,
        aliases=image["aliases"],
        records=[
            _told(
                records[each["record"]],
                may_see=may_see,
                since=datetime.fromisoformat(each["since"]),
                rule=each["reason"],
            )
            for each in image["records"][:SHOWN]
        ],
        records_in_all=len(image["records"]),
    )


def _told(
    record: CustomerRecord,
    *,
    may_see: bool,
    since: datetime | None = None,
    rule: str = "",
) -> Told:
    said = (
        contacts.shown(name, value, may_see=may_see)
        for name in _OF_A_RECORD
        if (value := getattr(record, name))
    )
    return Told(record, tuple(said), since, rule)
