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
# Texts of few words, or with less in common, are shown as two where they stand in one
# line: corrections would be harder to read.
_FEW, _ALIKE = 4, 0.5
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True)
class Piece:
    """Some words that stayed (no mark), are ``gone``, or are ``new``."""

    text: str
    mark: str = ""


@dataclass(frozen=True)
class Change:
    """One part of a definition; the pieces are of what it said and of what it says."""

    name: str
    meaning: str
    pieces: tuple[Piece, ...]

    @property
    def label(self) -> str:
        return kinds.label_of(self.name)

    @property
    def before(self) -> list[Piece]:
        return [piece for piece in self.pieces if piece.mark != "new"]

    @property
    def after(self) -> list[Piece]:
        return [piece for piece in self.pieces if piece.mark != "gone"]

    @property
    def in_one_line(self) -> tuple[Piece, ...]:
        """Return what it said and what it says, to be read one after the other."""
        before, after = (
            "".join(piece.text for piece in side) for side in (self.before, self.after)
        )
        return corrected(before, after)

    @property
    def is_one(self) -> bool:
        return any(piece.mark for piece in self.pieces)


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
        Change(
            name, meanings.get(name, ""), pieces(said.get(name, ""), now.get(name, ""))
        )
        for name in names
        if said.get(name) or now.get(name)
    ]


def pieces(before: str, after: str) -> tuple[Piece, ...]:
    """Return both texts in one, with what only the first has, and only the second.

    >>> [(piece.text, piece.mark) for piece in pieces("within 90 days", "within 60 days")]
    [('within ', ''), ('90', 'gone'), ('60', 'new'), (' days', '')]
    """
    one, other = _WORDS.findall(before), _WORDS.findall(after)
    if before != after and max(len(one), len(other)) > _COMPARED:
        one, other = [before], [after]
    found: list[Piece] = []
    matched = SequenceMatcher(None, one, other, autojunk=False)
    for how, start, end, begin, stop in matched.get_opcodes():
        if how == "equal":
            found.append(Piece("".join(one[start:end])))
            continue
        found.append(Piece("".join(one[start:end]), "gone"))
        found.append(Piece("".join(other[begin:stop]), "new"))
    return tuple(piece for piece in found if piece.text)


def corrected(before: str, after: str) -> tuple[Piece, ...]:
    """Return both texts in one with its corrections, where that can still be read."""
    found = pieces(before, after)
    kept = sum(len(piece.text) for piece in found if not piece.mark)
    words = min(len(before.split()), len(after.split()))
    if words < _FEW or kept / max(len(before), len(after)) < _ALIKE:
        both = (Piece(before, "gone"), Piece(after, "new"))
        return tuple(piece for piece in both if piece.text)
    return found


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
