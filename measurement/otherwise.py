"""What the tables say otherwise in a rehearsal than they do: rows refused, rows changed.

To be asked while the rehearsal lasts: its copies are beside the tables until then.
"""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db import connection
from psycopg import sql

from governance.effects import Refusal, Sample
from governance.models import Kind, Version
from measurement.entities import ENTITIES, Entity
from measurement.models import RejectedRow
from measurement.rehearsal import Rehearsed
from measurement.sources import kept

# Enough to see the pattern; the rest is counted.
_ROWS = 3
_REFUSALS = 10
# Beside it the row is known by its key, its run by its number.
_OURS = {"id", "run", "system_id"}
# These follow a moment or a day that is shown itself.
_FOLLOW = ("_offset", "_rate")
WITHHELD = "not shown: it says something of a person"


def refusals(rehearsed: Rehearsed) -> tuple[list[Refusal], int, int]:
    """Return rows that would be rejected and are not, how many, and how many the other
    way round.
    """
    shown: list[Refusal] = []
    more = fewer = 0
    for each in rehearsed.replayed:
        # In no order: that of the runs would ask for a run that is nowhere.
        here = RejectedRow.objects.filter(run=each.run.pk).order_by()
        now = {row.line: row for row in here}
        new = sorted(set(now) - each.rejected)
        more, fewer = more + len(new), fewer + len(each.rejected - set(now))
        shown += [
            Refusal(
                place=f"{each.run.stream}, {kept.place_of(each.run.file, line)}",
                field=now[line].field,
                reason=now[line].reason,
            )
            for line in new[: _REFUSALS - len(shown)]
        ]
    return shown, more, fewer


def samples(rehearsed: Rehearsed) -> Iterator[Sample]:
    """Yield values of some rows as they are and as they would be, field by field."""
    withheld = _withheld()
    for name in sorted(rehearsed.wrote):
        entity = ENTITIES[name]
        for was, becomes in _rows(entity):
            yield from _differences(entity, was, becomes, withheld)


def sentences(rehearsed: Rehearsed) -> Iterator[str]:
    """Yield, in words, what was loaded once more, and what was not."""
    if not rehearsed.replayed and not rehearsed.out_of_reach:
        yield "No file that was loaded would be read otherwise."
        return
    rows = sum(each.run.rows_in for each in rehearsed.replayed)
    files = len(rehearsed.replayed)
    wrote = ", ".join(
        f"{count:,} of {name.replace('_', ' ')}"
        for name, count in sorted(rehearsed.wrote.items())
        if count
    )
    yield (
        f"{files} file{'' if files == 1 else 's'} with {rows:,} rows were loaded once "
        f"more as proposed. Written anew: {wrote or 'nothing'}."
    )
    if rehearsed.out_of_reach:
        yield (
            f"{rehearsed.out_of_reach} that were loaded once no longer lie in the inbox: "
            f"their rows stay as they are, and will then."
        )


def _rows(entity: Entity) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL(
                "select coalesce(to_jsonb(was), '{{}}'), to_jsonb(copy)"
                " from {copy} copy left join {ours} was on was.id = copy.id"
                " where copy.run < 0 order by copy.id limit {limit}"
            ).format(
                copy=sql.Identifier("pg_temp", entity.table),
                ours=sql.Identifier("public", entity.table),
                limit=sql.Literal(_ROWS),
            )
        )
        return [(_read(was), _read(becomes)) for was, becomes in cursor.fetchall()]


def _read(row: str) -> dict[str, Any]:
    # As a decimal: an amount is shown with all its places.
    return dict(json.loads(row, parse_float=Decimal))


def _differences(
    entity: Entity,
    was: dict[str, Any],
    becomes: dict[str, Any],
    withheld: frozenset[str],
) -> Iterator[Sample]:
    fields = {
        str(each.column): each.name
        for each in entity.model._meta.concrete_fields
        if each.column not in _OURS and not each.name.endswith(_FOLLOW)
    }
    for column, name in fields.items():
        before, after = was.get(column), becomes.get(column)
        if before == after:
            continue
        is_withheld = f"{entity.name}.{name}" in withheld
        yield Sample(
            row=f"{entity.name.replace('_', ' ')} {becomes.get('source_id', '')}".strip(),
            field=f"{entity.name}.{name}",
            before=_shown(before, is_withheld),
            after=_shown(after, is_withheld),
        )


_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?\+00:00")


def _shown(value: Any, is_withheld: bool) -> str | None:
    """Return a value as it is read, or that it is not to be.

    >>> _shown("2026-03-02T09:00:00+00:00", False)
    '2026-03-02 09:00:00 UTC'
    """
    if value is None:
        return None
    return WITHHELD if is_withheld else _MOMENT.sub(r"\1 \2 UTC", str(value))[:80]


def _withheld() -> frozenset[str]:
    """Return the fields whose values say something of a person, by entity and name."""
    known = Version.objects.current().filter(kind=Kind.FIELD)
    return frozenset(
        field.key for field in known if field.body["sensitivity"] != "none"
    )
