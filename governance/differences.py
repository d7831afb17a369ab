"""How one wording differs from another, part by part and word by word. Pure."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from governance import kinds

# Comparing is quadratic: beyond so many words a text is shown as replaced as a whole.
_COMPARED = 2_000
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True)
class Piece:
    """Some words that both have, or only the one before, or only the one after."""

    text: str
    is_marked: bool


@dataclass(frozen=True)
class Change:
    """One part of a definition, before and after."""

    name: str
    meaning: str
    before: tuple[Piece, ...]
    after: tuple[Piece, ...]

    @property
    def label(self) -> str:
        return self.name.replace("_", " ").capitalize()

    @property
    def is_one(self) -> bool:
        return any(piece.is_marked for piece in (*self.before, *self.after))


def between(before: kinds.Said | None, after: kinds.Said) -> list[Change]:
    """Return every part the two have, as each says it, in the order of the kind."""
    said = dict(_parts(before)) if before else {}
    meanings = {part.name: part.meaning for part in kinds.KINDS.get(after.kind, ())}
    meanings["domain"] = "Which area of the business answers for it."
    meanings["state"] = "Whether it is still to be used."
    meanings["successor"] = "What is used instead."
    now = dict(_parts(after))
    names = [*now, *(name for name in said if name not in now)]
    return [
        Change(name, meanings.get(name, ""), *words(said.get(name, ""), now.get(name, "")))
        for name in names
        if said.get(name) or now.get(name)
    ]  # fmt: skip


def words(before: str, after: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Mark what the first text has alone in it, and what the second has.

    >>> words("within 90 days", "within 60 days")[1]
    (Piece(text='within ', is_marked=False), Piece(text='60', is_marked=True), \
Piece(text=' days', is_marked=False))
    """
    one, other = _WORDS.findall(before), _WORDS.findall(after)
    if len(one) > _COMPARED or len(other) > _COMPARED:
        return _whole(before, before != after), _whole(after, before != after)
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    left: list[Piece] = []
    right: list[Piece] = []
    for how, i, j, m, n in matcher.get_opcodes():
        left.extend(_whole("".join(one[i:j]), how != "equal"))
        right.extend(_whole("".join(other[m:n]), how != "equal"))
    return tuple(left), tuple(right)


def text(value: Any) -> str:
    """Return a part of a body as people read it.

    >>> text(True), text(["shop", "crm"]), text({})
    ('yes', 'shop\\ncrm', '')
    """
    match value:
        case bool():
            return "yes" if value else "no"
        case list():
            return "\n".join(map(text, value))
        case dict():
            written = json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False)
            return written if value else ""
    return "" if value is None else str(value)


def _parts(said: kinds.Said) -> Iterator[tuple[str, str]]:
    known = [part.name for part in kinds.KINDS.get(said.kind, ())]
    for name in [*known, *sorted(set(said.body) - set(known))]:
        yield name, text(said.body.get(name))
    yield "domain", said.domain_id
    yield "state", said.state
    yield "successor", said.successor


def _whole(said: str, is_marked: bool) -> tuple[Piece, ...]:
    return (Piece(said, is_marked),) if said else ()
