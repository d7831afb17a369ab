"""What a definition says, and what changed in it, in words. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from governance.differences import Piece, corrected
from governance.kinds import KINDS, Said, label_of, normal

# What is shown as the title and the first sentence of a page, and not once more below.
HEAD = ("name", "meaning")
NOTHING = "not said"


@dataclass(frozen=True)
class Line:
    """One part of a definition: what it is called, what it says, what is meant by it.

    ``rows`` are the entries of a table; then there are no ``words``.
    """

    label: str
    words: str
    meaning: str
    rows: tuple[tuple[str, str], ...] = ()

    @property
    def is_said(self) -> bool:
        return self.words != NOTHING


@dataclass(frozen=True)
class Difference:
    """One part that says something else than before; the pieces are of both texts."""

    label: str
    before: str
    after: str
    pieces: tuple[Piece, ...]


def lines(kind: str, body: Mapping[str, Any]) -> list[Line]:
    """Return every part of a body but its head, in the order its kind gives.

    >>> [line.words for line in lines("channel", {"name": "E-mail", "position": 3})]
    ['3']
    """
    parts = {part.name: part for part in KINDS.get(kind, ())}
    full = normal(kind, body)
    names = [*parts, *(name for name in full if name not in parts)]
    return [
        _line(name, full[name], parts[name].meaning if name in parts else "")
        for name in names
        if name in full and name not in HEAD
    ]


def in_words(value: Any) -> str:
    """Return a value as a sentence could quote it.

    >>> in_words(True), in_words(["mail", "post"]), in_words({"days": 90}), in_words("")
    ('yes', 'mail, post', 'days: 90', 'not said')
    """
    match value:
        case bool():
            return "yes" if value else "no"
        # Not a pattern: {} as one is every table.
        case _ if value in (None, "", [], {}):
            return NOTHING
        case list():
            return ", ".join(in_words(each) for each in value)
        case dict():
            return "; ".join(f"{key}: {in_words(each)}" for key, each in value.items())
        case _:
            return str(value)


def columns_of(rule: Any) -> list[str]:
    """Return the columns of the source that a mapping's rule reads, each once.

    >>> columns_of({"columns": ["id", {"column": "order_id", "prefix": "guest:"}]})
    ['id', 'order_id']
    """
    return list(dict.fromkeys(_columns(rule)))


def rule_in_words(rule: Any) -> str:
    """Return how a mapping's rule makes its field: a column's name, or a table that says.

    >>> rule_in_words({"columns": ["id", {"column": "order_id", "prefix": "guest:"}]})
    'the first filled of id and “guest:” before order_id'
    >>> rule_in_words({"column": "created_at", "zone": "Europe/London"})
    'created_at; zone: Europe/London'
    >>> rule_in_words({"constant": "GB"})
    'always “GB”'
    """
    if not isinstance(rule, Mapping):
        return in_words(rule)
    head, used = _made_from(rule)
    rest = {
        key: value
        for key, value in rule.items()
        if key not in used and not (key == "lookup" and value is True)
    }
    found = ["looked up among the ids"] if rule.get("lookup") is True else []
    beside = [_beside(key, rest[key]) for key in rest]
    return "; ".join([head, *found, *beside]).removeprefix("; ")


def differences(before: Said | None, after: Said) -> list[Difference]:
    """Return what ``after`` says otherwise, part by part; nothing for a first version."""
    if before is None:
        return []
    old, new = _told(before), _told(after)
    return [
        _difference(label, old.get(label, ""), new.get(label, ""))
        for label in dict.fromkeys([*new, *old])
        if old.get(label) != new.get(label)
    ]


def _line(name: str, value: Any, meaning: str) -> Line:
    label = label_of(name)
    if name == "rule":
        return Line(label, rule_in_words(value), meaning)
    if isinstance(value, dict) and value:
        rows = tuple((str(key), in_words(each)) for key, each in value.items())
        return Line(label, "", meaning, rows)
    return Line(label, in_words(value), meaning)


def _told(said: Said) -> dict[str, str | list[str]]:
    """Return all a definition says by label; a table by its entries."""
    full = normal(said.kind, said.body)
    known = [part.name for part in KINDS.get(said.kind, ()) if part.name in full]
    told: dict[str, str | list[str]] = {}
    for name in [*known, *(name for name in full if name not in known)]:
        value = full[name]
        if name == "rule":
            told[label_of(name)] = rule_in_words(value)
        elif isinstance(value, dict):
            for key, each in value.items():
                told[f"{label_of(name)}: {key}"] = in_words(each)
        elif isinstance(value, list):
            told[label_of(name)] = [in_words(each) for each in value]
        else:
            told[label_of(name)] = in_words(value)
    return {
        **told,
        "Domain": said.domain_id,
        "State": said.state,
        "Successor": said.successor or NOTHING,
    }


def _difference(label: str, old: str | list[str], new: str | list[str]) -> Difference:
    before, after = in_words(old), in_words(new)
    if isinstance(old, list) and isinstance(new, list) and old and new:
        return Difference(label, before, after, tuple(_items(old, new)))
    if not (old and new):
        # An entry of a table that came, or went; a list that was empty says so.
        before, after = (in_words(x) if isinstance(x, list) else x for x in (old, new))
        pieces = [Piece(before, "gone"), Piece(after, "new")]
        return Difference(label, before, after, tuple(p for p in pieces if p.text))
    return Difference(label, before, after, corrected(before, after))


def _items(old: list[str], new: list[str]) -> Iterator[Piece]:
    """Yield every item that either list has, marked where only one of them has it."""
    matched = SequenceMatcher(None, old, new, autojunk=False)
    marked = [
        piece
        for _what, start, end, begin, stop in matched.get_opcodes()
        for piece in _of_run(old[start:end], new[begin:stop])
    ]
    for place, piece in enumerate(marked):
        if place:
            yield Piece(", ")
        yield piece


def _of_run(old: list[str], new: list[str]) -> list[Piece]:
    if old == new:
        return [Piece(each) for each in new]
    return [Piece(each, "gone") for each in old] + [Piece(each, "new") for each in new]


def _columns(rule: Any) -> Iterator[str]:
    match rule:
        case str():
            yield rule
        case Mapping():
            for form in (
                "column",
                "columns",
                "multiply",
                "ordinal_within",
                "repeats_within",
            ):
                yield from _columns(rule.get(form))
        case list():
            for each in rule:
                yield from _columns(each)


def _made_from(rule: Mapping[str, Any]) -> tuple[str, set[str]]:
    """Return what a rule takes its text from, and which of its keys that said."""
    match rule:
        case {"column": str(name)}:
            return _around(name, rule), {"column", "prefix", "strip_suffix"}
        case {"columns": [*several]}:
            named = [
                _made_from(each)[0] if isinstance(each, Mapping) else str(each)
                for each in several
            ]
            how = "" if "join" in rule else "the first filled of "
            together = " and ".join(filter(None, [", ".join(named[:-1]), *named[-1:]]))
            if "join" in rule:
                together += f", joined by “{rule['join']}”"
            said = {"columns", "join", "prefix", "strip_suffix"}
            return _around(f"{how if len(named) > 1 else ''}{together}", rule), said
        case {"constant": value}:
            return f"always “{in_words(value)}”", {"constant"}
        case {"multiply": [left, right]}:
            return f"{left} × {right}", {"multiply"}
        case {"ordinal_within": column}:
            return f"the row's place within its {column}", {"ordinal_within"}
        case {"repeats_within": column}:
            return f"whether the row repeats within its {column}", {"repeats_within"}
    return "", set()


def _beside(key: str, value: Any) -> str:
    """Return what a rule does besides taking a text."""
    if key == "values" and isinstance(value, Mapping):
        return ", ".join(
            f"“{old}” becomes {f'“{new}”' if new else 'nothing'}"
            for old, new in value.items()
        )
    return f"{label_of(key).lower()}: {in_words(value)}"


def _around(name: str, rule: Mapping[str, Any]) -> str:
    before = f"“{rule['prefix']}” before " if rule.get("prefix") else ""
    after = f" without “{rule['strip_suffix']}”" if rule.get("strip_suffix") else ""
    return f"{before}{name}{after}"
