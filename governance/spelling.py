"""How a part of a definition is written as text, and read back as what it was. Pure."""

import json
from collections.abc import Callable, Iterator
from math import isfinite
from typing import Any

from governance.kinds import Part

_SAID = {"yes": True, "true": True, "no": False, "false": False}


class Unreadable(Exception):
    """What was written is not what the part holds; the message says what would be."""


def spelled(part: Part, value: Any, *, indent: int | None = None) -> str:
    """Return a value as somebody would write it; where that is read as another, as JSON.

    >>> spelled(Part("rule", "rule", ""), "email"), spelled(Part("rule", "rule", ""), {})
    ('email', '{}')
    >>> spelled(Part("synonyms", "list", "", []), ["mail", "e-mail"])
    'mail\\ne-mail'
    """
    plain = _plainly(part, value, indent)
    try:
        is_read_so = same(read(part, plain), value)
    except Unreadable:
        is_read_so = False
    return plain if is_read_so else as_json(value, indent)


def read(part: Part, text: str) -> Any:
    """Return what the text says of the part; a text that says nothing leaves the default.

    >>> read(Part("rule", "rule", ""), '{"constant": "GB"}')
    {'constant': 'GB'}
    >>> read(Part("window_days", "whole number", "", 0), "")
    0

    Raises:
        Unreadable: it is nothing the part could hold.
    """
    if not text and not part.is_needed:
        return part.default
    return _READERS[part.type](text)


def as_json(value: Any, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent)


def same(one: Any, other: Any) -> bool:
    """Return whether two values are the same as JSON: ``True`` is no 1 there."""
    return as_json(one) == as_json(other)


def _plainly(part: Part, value: Any, indent: int | None) -> str:
    match value:
        case str():
            return value
        case bool():
            return "yes" if value else "no"
        case list() if all(isinstance(each, str) for each in value):
            return "\n".join(value)
        case dict() | list() if not value and not part.is_needed:
            return ""
    return as_json(value, indent)


def _text(text: str) -> str:
    """Return the text; one in quotes may say what it could not without them."""
    if text.startswith('"'):
        try:
            found = json.loads(text)
        except ValueError:
            return text
        return found if isinstance(found, str) else text
    return text


def _yes_or_no(text: str) -> bool:
    found = _SAID.get(text.strip().lower())
    if found is None:
        raise Unreadable(f"This is '{text[:40]}'. Write yes or no.")
    return found


def _number(text: str) -> Any:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise Unreadable(f"This is '{text[:40]}'. Write a number, such as 90 or 0.5.")
    return found


def _list(text: str) -> Any:
    if text.lstrip().startswith("["):
        return _json(text, "list", '["one", "another"]')
    return [line.strip() for line in text.splitlines() if line.strip()]


def _table(text: str) -> dict[str, Any]:
    if not text.strip():
        return {}
    found = _json(text, "table", '{"name": value, …}')
    if not isinstance(found, dict):
        raise Unreadable('This is no table. Write {"name": value, …}.')
    return found


def _rule(text: str) -> Any:
    """Return the name of a column, or a table that says how several make a field."""
    found = text.strip()
    return _table(found) if found.startswith("{") else _text(found)


def _json(text: str, what: str, example: str) -> Any:
    try:
        found = json.loads(text, object_pairs_hook=_each_once)
        unkept = next(
            filter(None, (_unkept(each, what) for each in _leaves(found))), ""
        )
    except json.JSONDecodeError as error:
        raise Unreadable(
            f"This is no {what}: {error.msg[:1].lower()}{error.msg[1:]} in line "
            f"{error.lineno}, column {error.colno}. Write {example}."
        ) from error
    except (ValueError, RecursionError) as error:
        raise Unreadable(
            f"This is no {what}: it is nested too deep, or a number in it is too long."
        ) from error
    if unkept:
        raise Unreadable(unkept)
    return found


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Unreadable(f"This says “{twice[:40]}” twice. Say it once.")
    return found


def _leaves(value: Any) -> Iterator[Any]:
    match value:
        case dict():
            yield from value
            for each in value.values():
                yield from _leaves(each)
        case list():
            for each in value:
                yield from _leaves(each)
        case _:
            yield value


def _unkept(value: Any, what: str) -> str:
    """Return why the database cannot keep a value that JSON may hold; empty, if it can."""
    if isinstance(value, float) and not isfinite(value):
        return f"A number in this {what} is not finite. Write one that is."
    if isinstance(value, str) and ("\0" in value or not _is_text(value)):
        return f"A text in this {what} has a character nobody can read. Take it out."
    return ""


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


_READERS: dict[str, Callable[[str], Any]] = {
    "text": _text,
    "number": _number,
    "whole number": _number,
    "yes or no": _yes_or_no,
    "list": _list,
    "table": _table,
    "rule": _rule,
}
