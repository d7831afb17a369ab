"""A campaign rule's patterns as people read them. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field

# What the house's patterns say over and over again, each under one sign.
_HOST, _WORD, _END = "\x01", "\x02", "\x03"
_SAID_OFTEN = {
    r"^[a-z-]+://([a-z0-9-]+\.)*": _HOST,
    r"^[a-z-]+://": _HOST,
    r"\.[a-z.]+(/|$)": "",
    r"(^|[ _-])": _WORD,
    r"([ _-]|$)": _END,
    r"\b": _END,
}
_SAID_AT_ONCE = {"": "", "^$": "is empty", ".": "is filled"}
# More than this nobody reads in a sentence: the pattern itself is as good.
_MOST = 24
_RELATIONS = (
    "is",
    "begins with",
    "ends with",
    "has the word",
    "is a page of",
    "contains",
)


class _TooInvolved(Exception):
    """The pattern says more than a list of words."""


@dataclass
class _Reader:
    """Where in a pattern we are."""

    pattern: str
    at: int = 0
    found: list[str] = field(default_factory=list)

    def peek(self) -> str:
        return self.pattern[self.at : self.at + 1]

    def take(self) -> str:
        taken = self.peek()
        self.at += 1
        return taken


def in_words(pattern: str) -> str:
    """Return what a text must be to match; nothing where only the pattern says it.

    >>> in_words("^(cpc|ppc|paid[ _-]?search)$")
    'is cpc, ppc or paid search'
    >>> in_words("^e[ _-]?mails?$|^news")
    'is e mail(s); or begins with news'
    >>> in_words("^$"), in_words("."), in_words("^(?=x)")
    ('is empty', 'is filled', '')
    """
    if pattern in _SAID_AT_ONCE:
        return _SAID_AT_ONCE[pattern]
    for written, sign in _SAID_OFTEN.items():
        pattern = pattern.replace(written, sign)
    said: dict[str, list[str]] = {relation: [] for relation in _RELATIONS}
    try:
        for each in _alternatives(pattern):
            relation, words = _relation(each)
            said[relation] += _expanded(words)
    except _TooInvolved:
        return ""
    parts = [f"{relation} {_or(words)}" for relation, words in said.items() if words]
    return "; or ".join(parts) if sum(map(len, said.values())) <= _MOST else ""


def _relation(alternative: str) -> tuple[str, str]:
    begins, ends = alternative[:1], alternative[-1:]
    core = alternative.strip("^$" + _HOST + _WORD + _END)
    if begins == _HOST:
        return "is a page of", core
    if begins == "^":
        return ("is" if ends == "$" else "begins with"), core
    if begins == _WORD or ends == _END:
        return "has the word", core
    return ("ends with" if ends == "$" else "contains"), core


def _alternatives(pattern: str) -> Iterator[str]:
    """Yield what stands between the bars that are in no group."""
    depth, begun = 0, 0
    for place, sign in enumerate(pattern):
        escaped = pattern[place - 1 : place] == "\\"
        if sign in "()" and not escaped:
            depth += 1 if sign == "(" else -1
        elif sign == "|" and not depth:
            yield pattern[begun:place]
            begun = place + 1
    yield pattern[begun:]


def _expanded(words: str) -> list[str]:
    """Return every word that fits, with what may be left out in brackets."""
    reader = _Reader(words)
    found = _sequence(reader)
    if reader.at < len(words):
        raise _TooInvolved(words)
    return list(dict.fromkeys(" ".join(each.split()) or "empty" for each in found))


def _sequence(reader: _Reader) -> list[str]:
    found = [""]
    while reader.peek() and reader.peek() not in "|)":
        pieces = _piece(reader)
        found = [before + piece for before in found for piece in pieces]
        if len(found) > _MOST:
            raise _TooInvolved(reader.pattern)
    return found


def _piece(reader: _Reader) -> list[str]:
    sign = reader.take()
    if sign == "(":
        return _group(reader)
    if sign == "[":
        return [_class(reader)]
    if sign == "\\":
        sign = reader.take()
        if sign.isalnum():
            raise _TooInvolved(reader.pattern)
    elif sign in "^$.*+?{" + _HOST + _WORD + _END:
        raise _TooInvolved(reader.pattern)
    if reader.peek() == "?":
        reader.take()
        # Whether it stands in brackets is nothing people tell tags apart by.
        return ["" if sign in "()" else f"({sign})"]
    if reader.peek() in {"+", "*", "{"}:
        raise _TooInvolved(reader.pattern)
    return [sign]


def _group(reader: _Reader) -> list[str]:
    if reader.peek() == "?":
        raise _TooInvolved(reader.pattern)
    found = _sequence(reader)
    while reader.peek() == "|":
        reader.take()
        found += _sequence(reader)
    if reader.take() != ")":
        raise _TooInvolved(reader.pattern)
    if reader.peek() == "?":
        reader.take()
        return [f"({found[0]})"] if len(found) == 1 else ["", *found]
    if reader.peek() in {"+", "*", "{"}:
        raise _TooInvolved(reader.pattern)
    return found


def _class(reader: _Reader) -> str:
    """Return how a set of signs is read: a gap between words, a number, anything."""
    held = ""
    while reader.peek() and reader.peek() != "]":
        held += reader.take()
    reader.take()
    repeats = reader.peek() in {"+", "*"}
    if reader.peek() in {"?", "+", "*"}:
        reader.take()
    if held and set(held) <= set(" _-"):
        return " "
    if repeats:
        return " number" if held == "0-9" else "…"
    raise _TooInvolved(reader.pattern)


def _or(words: list[str]) -> str:
    return " or ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
