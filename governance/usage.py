"""Which definitions anybody still needs: looked up by people, or read by the steps.

The apps above say which fields they compute with, and which others their code reads.
Look-ups are counted by the day, without anybody's name.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef

from governance import calculations
from governance.models import Kind, LookUp, Version
from governance.models.versions import VersionQuerySet
from governance.projections import field_of

# A quarter: what nobody asked for in all its reports, nobody asks for.
UNREAD_AFTER = timedelta(days=90)

type Readers = Callable[[], Iterable[str]]

_readers: list[Readers] = []


def register(readers: Readers) -> None:
    """Ask here too which fields are read, by their keys."""
    if readers not in _readers:
        _readers.append(readers)


def note(kind: str, key: str, *, on: date) -> None:
    """Remember that somebody looked the definition up on that day; once is enough."""
    LookUp.objects.bulk_create(
        [LookUp(kind=kind, key=key, on=on)], ignore_conflicts=True
    )


def read_by_steps() -> set[str]:
    """Return the fields that calculations and the code of the apps above read."""
    others = {field for readers in _readers for field in readers()}
    return others | calculations.every_field()


def used(fields: VersionQuerySet) -> set[str]:
    """Return which of the fields a step reads, and are filled for it to read.

    A field that no source fills is read in vain, unless we work it out ourselves.
    """
    mappings = Version.objects.current().in_use().filter(kind=Kind.MAPPING)
    filled = {
        ".".join(field_of(key)[1:]) for key in mappings.values_list("key", flat=True)
    }
    computed = fields.filter(body__computed=True).values_list("key", flat=True)
    return read_by_steps() & (filled | set(computed))


def unread(*, at: datetime) -> list[Version]:
    """Return the fields nobody has read for so long that nobody seems to need them.

    Left out is what a row cannot be without, what a step reads, and what is too new, or
    has not been watched long enough, to say.
    """
    since = at - UNREAD_AFTER
    if not _watched_since(since):
        return []
    fields = Version.objects.current().in_use().filter(kind=Kind.FIELD)
    looked_up = LookUp.objects.filter(
        kind=Kind.FIELD, key=OuterRef("key"), on__gt=since.date()
    )
    first = Version.objects.filter(
        kind=Kind.FIELD,
        key=OuterRef("key"),
        number=1,
        valid_during__startswith__lte=since,
    )
    forgotten = fields.filter(Exists(first), ~Exists(looked_up)).exclude(
        body__required=True
    )
    still_used = used(fields)
    return [each for each in forgotten.order_by("key") if each.key not in still_used]


def _watched_since(moment: datetime) -> bool:
    """Return whether anything was looked up so long ago: else nothing was counted."""
    return LookUp.objects.filter(on__lte=moment.date()).exists()
