"""One JSON object per line, as rows: nested names dotted, every value as exact text."""

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

_SAMPLE = 1_000

type Texts = list[str]


class NotAnObject(Exception):
    """The line is no JSON object; the message says what it is."""


class _Number(str):
    """A number as it was written: ids pass 2**53, money is exact."""


def columns(lines: Iterable[bytes], wanted: Iterable[str]) -> Texts:
    """Return the names the objects have.

    Read from a sample; on from there only while a wanted name was not met yet, for an
    object leaves out what it has nothing to say of.
    """
    found: dict[str, None] = {}
    missing = set(wanted)
    read = iter(lines)
    for raw in islice(read, _SAMPLE):
        found.update(dict.fromkeys(_names(raw)))
    while not missing <= found.keys() and (raw := next(read, b"")):
        found.update(dict.fromkeys(_names(raw)))
    return [name for name in found if _is_text(name)]


def texts(line: str, columns: Texts) -> Texts:
    """Return the values of one line's object, in the order of the columns.

    Raises:
        NotAnObject: the line is no JSON, or another kind of value, or too deep.
    """
    try:
        record = json.loads(line, parse_float=_Number, parse_int=_Number)
        found = flat(record) if isinstance(record, dict) else None
    except RecursionError as error:
        raise NotAnObject(
            "The line has objects in objects too deep to read."
        ) from error
    except ValueError as error:
        raise NotAnObject(f"The line is not JSON: {error}.") from error
    if found is None:
        raise NotAnObject("The line is JSON, but not an object.")
    return [found.get(column, "") for column in columns]


def flat(record: dict[str, Any]) -> dict[str, str]:
    """Return the object with dotted names and every value as text.

    >>> flat({"id": "7", "billing": {"email": "a@b.example"}, "test": False})
    {'id': '7', 'billing.email': 'a@b.example', 'test': 'false'}
    """
    return dict(_flat(record, ""))


def _flat(record: dict[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
    for name, value in record.items():
        match value:
            case dict():
                yield from _flat(value, f"{prefix}{name}.")
            case None:
                yield prefix + name, ""
            case str():
                yield prefix + name, value
            case _:
                yield prefix + name, _written(value)


def _written(value: Any) -> str:
    """Return a value inside a list as JSON, its numbers as they were."""
    match value:
        case _Number():
            return value
        case list():
            return f"[{', '.join(map(_written, value))}]"
        case dict():
            pairs = (
                f"{json.dumps(key)}: {_written(held)}" for key, held in value.items()
            )
            return f"{{{', '.join(pairs)}}}"
        case _:
            return json.dumps(value, ensure_ascii=False)


def _names(raw: bytes) -> Iterable[str]:
    try:
        record = json.loads(raw.removeprefix(b"\xef\xbb\xbf"))
        return flat(record) if isinstance(record, dict) else ()
    except (ValueError, RecursionError):
        return ()


def _is_text(name: str) -> bool:
    """Return whether PostgreSQL can hold the name: no mapping can ask for another."""
    return "\0" not in name and not any("\ud800" <= sign <= "\udfff" for sign in name)
