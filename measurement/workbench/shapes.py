"""What a column's values look like, and none of what they say. Pure."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from string import punctuation
from typing import Any

from measurement.models import ColumnProfile

Kind = ColumnProfile.Kind

# Enough to tell a column by; more would cost the night.
_LOOKED_AT = 200
_SAMPLES = 3
_LONGEST_SAMPLE = 32
# So large a part of the values is of the kind; the rest is odd.
_MOST = 0.95
# A closed set of words: few, short, and each of them said again and again.
_MOST_WORDS, _LONGEST_WORD, _LEAST_SAID = 12, 24, 2

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_WHOLE = re.compile(r"-?(0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2})(:[0-9]{2}(\.[0-9]+)?)?"
    r" ?(?P<offset>Z|[+-][0-9]{2}(:?[0-9]{2})?)?"
)
_WORD = re.compile(r"[A-Za-z]+(?:[ _-][A-Za-z]+)*")
_YES_OR_NO = frozenset({"true", "false", "yes", "no", "t", "f", "y", "n"})

# Which kinds a column of each kind may hold, the narrowest first.
_HOLDS: tuple[tuple[str, frozenset[str]], ...] = (
    (Kind.YES_OR_NO, frozenset({Kind.YES_OR_NO})),
    (Kind.WHOLE_NUMBER, frozenset({Kind.WHOLE_NUMBER})),
    (Kind.DECIMAL, frozenset({Kind.DECIMAL, Kind.WHOLE_NUMBER})),
    (Kind.DAY, frozenset({Kind.DAY})),
    (Kind.MOMENT_WITH_OFFSET, frozenset({Kind.MOMENT_WITH_OFFSET})),
    (Kind.MOMENT, frozenset({Kind.MOMENT, Kind.DAY})),
    (Kind.LIST, frozenset({Kind.LIST})),
    (Kind.NESTED, frozenset({Kind.NESTED, Kind.LIST})),
)


@dataclass(frozen=True)
class Seen:
    """What the values of a column were like: of ``rows``, so many said something."""

    kind: str
    rows: int
    filled: int
    different: int
    odd: int
    shortest: int
    longest: int
    samples: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


def seen(values: Sequence[str], *, with_words: bool = False) -> Seen:
    """Return what the values of a column look like.

    ``with_words`` lets a closed set of words be told, where no person is told by them.
    """
    said = Counter(filter(None, map(str.strip, values)))
    filled = said.total()
    lengths = [len(value) for value in said]
    looked_at = dict(said.most_common(_LOOKED_AT))
    kind, odd = kind_of(looked_at)
    return Seen(
        kind=kind,
        rows=len(values),
        filled=filled,
        different=len(said),
        odd=odd,
        shortest=min(lengths, default=0),
        longest=max(lengths, default=0),
        samples=_samples(looked_at),
        words=_words(said) if with_words else (),
    )


def kind_of(said: Mapping[str, int]) -> tuple[str, int]:
    """Return what kind nearly all values are of, and how many are not.

    >>> kind_of({"12": 1, "7.50": 3})
    ('decimal', 0)
    >>> kind_of({"2026-03-31 14:05:00": 99, "soon": 1})
    ('moment', 1)
    >>> kind_of({"0049 170": 1})
    ('text', 0)
    """
    kinds: Counter[str] = Counter()
    for value, times in said.items():
        kinds[_kind(value)] += times
    total = kinds.total()
    if not total:
        return Kind.EMPTY.value, 0
    # All values of one kind before nearly all of a narrower one: 7.50 is no odd 7.
    for least in (1.0, _MOST):
        for kind, holds in _HOLDS:
            fitting = sum(kinds[each] for each in holds)
            if fitting and fitting >= least * total:
                return str(kind), total - fitting
    with_offset, without = kinds[Kind.MOMENT_WITH_OFFSET], kinds[Kind.MOMENT]
    if without and with_offset + without + kinds[Kind.DAY] >= _MOST * total:
        return Kind.MOMENT.value, total - without - kinds[Kind.DAY]
    return Kind.TEXT.value, 0


def masked(value: str) -> str:
    """Return the shape of a value: no letter and no digit of it is left.

    >>> masked("Ada.Byron@mail.example"), masked("+44 20 7946 0018"), masked("SKU-7b")
    ('x@x.x', '+99 99 9999 9999', 'XXX-9x')
    """
    value = value.strip()
    if _EMAIL.fullmatch(value):
        return "x@x.x"
    shape = "".join(map(_sign, value[:_LONGEST_SAMPLE]))
    return f"{shape}…" if len(value) > _LONGEST_SAMPLE else shape


@lru_cache(maxsize=4096)
def _sign(letter: str) -> str:
    if letter.isalpha():
        return "X" if letter.isupper() else "x"
    if letter.isnumeric():
        return "9"
    if letter.isspace():
        return " "
    # What else there is (marks, drawings, signs of other scripts) may tell something too.
    return letter if letter in punctuation else "·"


def _kind(value: str) -> str:
    if value.casefold() in _YES_OR_NO:
        return Kind.YES_OR_NO.value
    if _WHOLE.fullmatch(value):
        return Kind.WHOLE_NUMBER.value
    # A number does not begin with a nought: an id or a postcode does.
    if _DECIMAL.fullmatch(value) and not re.match("[-+]?0[0-9]", value):
        return Kind.DECIMAL.value
    if _DAY.fullmatch(value) and _is_day(value):
        return Kind.DAY.value
    if (found := _MOMENT.fullmatch(value)) and _is_moment(found[1]):
        with_offset = found["offset"] is not None
        return (Kind.MOMENT_WITH_OFFSET if with_offset else Kind.MOMENT).value
    if value[0] in "[{":
        return _kind_of_json(value)
    return Kind.TEXT.value


def _is_day(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_moment(to_the_minute: str) -> bool:
    try:
        datetime.fromisoformat(to_the_minute)
    except ValueError:
        return False
    return True


def _kind_of_json(value: str) -> str:
    try:
        read: Any = json.loads(value)
    except (ValueError, RecursionError):
        return Kind.TEXT.value
    is_plain = isinstance(read, list) and not any(
        isinstance(each, dict | list) for each in read
    )
    return (Kind.LIST if is_plain else Kind.NESTED).value


def _samples(said: Mapping[str, int]) -> tuple[str, ...]:
    """Return the shapes most values have, the commonest first."""
    shapes: Counter[str] = Counter()
    for value, times in said.items():
        shapes[masked(value)] += times
    return tuple(shape for shape, _times in shapes.most_common(_SAMPLES))


def _words(said: Mapping[str, int]) -> tuple[str, ...]:
    """Return the words a column is made of, where they are a closed set."""
    is_closed = 0 < len(said) <= _MOST_WORDS and all(
        times >= _LEAST_SAID and len(word) <= _LONGEST_WORD and _WORD.fullmatch(word)
        for word, times in said.items()
    )
    return tuple(_in_order(said)) if is_closed else ()


def _in_order(said: Mapping[str, int]) -> Iterable[str]:
    return sorted(said, key=lambda word: (-said[word], word))
