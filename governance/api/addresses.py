"""What stands behind the question mark of an address, and where a list goes on."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core import signing
from django.db.models import Model, Q, QuerySet
from rest_framework.request import Request

from governance import dictionary
from governance.api.errors import Misread, Wrong

ROWS, MOST_ROWS = 50, 100
# A cursor is longer than anything somebody types.
_LONGEST = {False: 200, True: 1_000}
_OF_A_LIST = {"cursor", "limit"}


def asked(request: Request, *known: str, is_list: bool = False) -> dict[str, str]:
    """Return what an address asks for by each name it may; what is not said is empty.

    Raises:
        Misread: it says a name there is not, one twice, or what cannot be looked for.
    """
    names = [*known, *sorted(_OF_A_LIST if is_list else ())]
    wrong = []
    for name, values in request.query_params.lists():
        if name not in names:
            can = f"there are {', '.join(names)}" if names else "it asks for nothing"
            wrong.append(Wrong(name[:200], f"There is no such name here; {can}."))
        elif len(values) > 1:
            wrong.append(Wrong(name, "It is said more than once."))
        elif "\0" in values[0] or len(values[0]) > _LONGEST[name in _OF_A_LIST]:
            wrong.append(Wrong(name, "It is too long, or no text."))
    if wrong:
        raise Misread(*wrong)
    return {name: request.query_params.get(name, "") for name in names}


def one_of(name: str, said: str, known: Sequence[str]) -> str:
    """Return what was said, if it is known or nothing.

    Raises:
        Misread: it is neither.
    """
    if said and said not in known:
        raise Misread(Wrong(name, f"It is one of {', '.join(known)}."))
    return said


def as_of(said: str) -> datetime | None:
    """Return the moment an address asks of; a day is asked of as it ended.

    Raises:
        Misread: it is neither a day nor a moment.
    """
    try:
        return dictionary.moment_of(said, zone=ZoneInfo(settings.REPORTING_TIME_ZONE))
    except dictionary.Unreadable as unreadable:
        raise Misread(
            Wrong(
                "as_of",
                "It is no day and no moment. Write 2026-03-31, or 2026-03-31T14:00Z; "
                "a + in an address is written %2B.",
            )
        ) from unreadable


def one_page[Row: Model](
    request: Request, found: QuerySet[Row], *, order: Sequence[str]
) -> tuple[list[Row], str | None]:
    """Return some rows, and the address the next ones have; none after the last.

    ``order`` names columns that together tell each row from every other, all rising or,
    with a minus before each, all falling. What is added or taken away meanwhile neither
    repeats a row nor hides one.

    Raises:
        Misread: the cursor is none of this list, or there is no such number of rows.
    """
    said = asked_of_list(request)
    rows_wanted = _limit(said["limit"])
    if said["cursor"]:
        found = found.filter(_after(order, _place(request, said["cursor"])))
    rows = list(found.order_by(*order)[: rows_wanted + 1])
    if len(rows) <= rows_wanted:
        return rows, None
    last = rows[rows_wanted - 1]
    names = [each.lstrip("-") for each in order]
    cursor = signing.dumps(
        [getattr(last, name) for name in names], salt=request.path, compress=True
    )
    query = request.query_params.copy()
    query["cursor"] = cursor
    return rows[:rows_wanted], request.build_absolute_uri(f"?{query.urlencode()}")


def asked_of_list(request: Request) -> dict[str, str]:
    return {name: request.query_params.get(name, "") for name in _OF_A_LIST}


def _limit(said: str) -> int:
    if not said:
        return ROWS
    if said.isascii() and said.isdigit() and len(said) < 4:
        number = int(said)
        if 1 <= number <= MOST_ROWS:
            return number
    raise Misread(Wrong("limit", f"It is a whole number from 1 to {MOST_ROWS}."))


def _place(request: Request, cursor: str) -> list[Any]:
    try:
        place: list[Any] = signing.loads(cursor, salt=request.path)
    except signing.BadSignature as foreign:
        raise Misread(
            Wrong(
                "cursor",
                "It is none of this list. Follow `next` as it was given, or begin anew.",
            )
        ) from foreign
    return place


def _after(order: Sequence[str], place: Sequence[Any]) -> Q:
    """Return what comes after a row: beyond it in one column, and level in those before.

    >>> _after(["-pk"], [7])
    <Q: (AND: ('pk__lt', 7))>
    """
    beyond, level = Q(), Q()
    for name, value in zip(order, place, strict=True):
        column = name.lstrip("-")
        way = "lt" if name.startswith("-") else "gt"
        beyond |= level & Q(**{f"{column}__{way}": value})
        level &= Q(**{column: value})
    return beyond
