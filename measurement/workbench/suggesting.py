"""What an unmapped column might be: said with its reason, and applied by nobody."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db import models

from measurement.models import ColumnProfile

Kind = ColumnProfile.Kind

# A name is proof enough; a word of it or what values look like needs something more.
_SAME_NAME, _SAME_ELSEWHERE, _LOOKS_SO, _HAS_WORD, _FITS = 3.0, 3.0, 2.0, 1.0, 0.5
_ENOUGH = 1.5
_MOST = 2
# Words that stand in the names of half the columns there are.
_SAYS_LITTLE = frozenset(
    {"id", "code", "key", "value", "name", "type", "date", "time", "source", "number"}
)
_NUMBERS = frozenset({Kind.WHOLE_NUMBER, Kind.DECIMAL})
_MOMENTS = frozenset({Kind.DAY, Kind.MOMENT, Kind.MOMENT_WITH_OFFSET})


@dataclass(frozen=True)
class Target:
    """A field that waits for a column: what it is called, and what a value of it is.

    ``aliases`` are every name people have for it.
    """

    key: str
    label: str
    found: "models.Field[object, object]"
    aliases: tuple[str, ...]


@dataclass(frozen=True)
class Suggestion:
    """A field the column might fill, and why."""

    field: str
    label: str
    reason: str
    score: float


def suggest(
    columns: Iterable[ColumnProfile],
    targets: Sequence[Target],
    elsewhere: Mapping[str, Mapping[str, str]],
) -> dict[str, list[Suggestion]]:
    """Return, by column, the fields it might fill, the likeliest first.

    ``elsewhere`` gives, by the plain name of a column, the fields that columns so called
    fill in other streams, and the name of one such stream.
    """
    found: dict[str, list[Suggestion]] = {}
    for column in columns:
        likely = sorted(
            filter(None, (_one(column, target, elsewhere) for target in targets)),
            key=lambda each: (-each.score, each.field),
        )
        if likely:
            # One that is far likelier leaves no doubt.
            best = likely[0].score
            found[column.name] = [
                each for each in likely[:_MOST] if each.score > best - 1
            ]
    return found


def plain(name: str) -> str:
    """Return a name as it is compared: its words, without case or signs.

    >>> plain("E-Mail"), plain("customerEmail"), plain("CUSTOMER_EMAIL 2")
    ('email', 'customeremail', 'customeremail2')
    """
    return "".join(words(name))


def words(name: str) -> list[str]:
    """Return the words of a name.

    >>> words("shopCustomerID"), words("billing.e-mail")
    (['shop', 'customer', 'id'], ['billing', 'e', 'mail'])
    """
    apart = re.sub(r"([a-z0-9])([A-Z])|([A-Z])([A-Z][a-z])", r"\1\3 \2\4", name)
    return re.findall(r"[^\W_]+", apart.casefold())


def _one(
    column: ColumnProfile, target: Target, elsewhere: Mapping[str, Mapping[str, str]]
) -> Suggestion | None:
    if not _fits(column.kind, target.found):
        return None
    reasons = list(_reasons(column, target, elsewhere))
    score = sum(points for points, _reason in reasons)
    if score < _ENOUGH:
        return None
    said = " and ".join(reason for _points, reason in reasons)
    return Suggestion(target.key, target.label, f"{said[0].upper()}{said[1:]}.", score)


def _reasons(
    column: ColumnProfile, target: Target, elsewhere: Mapping[str, Mapping[str, str]]
) -> Iterator[tuple[float, str]]:
    name = plain(column.name)
    same = next((each for each in target.aliases if plain(each) == name), None)
    if same is not None:
        yield _SAME_NAME, f"people call {target.label} “{same}” too"
    if stream := elsewhere.get(name, {}).get(target.key):
        yield _SAME_ELSEWHERE, f"{stream} fills it from a column of this name"
    if same is None and (word := _shared_word(column.name, target.aliases)):
        yield _HAS_WORD, f"its name has “{word}” in it"
    if looks := _looks(column, target):
        yield _LOOKS_SO, looks
    if fitting := _says_of_kind(column.kind, target.found):
        yield _FITS, fitting


def _shared_word(name: str, aliases: Iterable[str]) -> str:
    told = {each for alias in aliases for each in words(alias)} - _SAYS_LITTLE
    return next((word for word in words(name) if word in told and len(word) > 2), "")


def _looks(column: ColumnProfile, target: Target) -> str:
    """Return what the shapes of the values tell, where nothing else looks like them."""
    shape = column.samples[0] if column.samples else ""
    field = target.key.partition(".")[2]
    if field == "email" and shape == "x@x.x":
        return "its values look like e-mail addresses"
    is_number = shape.startswith(("+9", "(9", "9")) and shape.count("9") >= 7
    with_signs = re.fullmatch(r"[+()9 ./-]+", shape) and not re.fullmatch("9+", shape)
    if field == "phone" and is_number and with_signs and column.kind == Kind.TEXT:
        return "its values look like phone numbers"
    return ""


def _fits(kind: str, found: "models.Field[object, object]") -> bool:
    """Return whether the field could take nearly every value of the column."""
    match found:
        case _ if kind == Kind.EMPTY:
            return True
        case models.BooleanField():
            return kind == Kind.YES_OR_NO
        case models.DecimalField():
            return kind in _NUMBERS
        case models.IntegerField():
            return kind == Kind.WHOLE_NUMBER
        case models.DateTimeField():
            return kind in _MOMENTS
        case models.DateField():
            return kind == Kind.DAY
        case models.ForeignKey():
            return kind in {Kind.TEXT, Kind.WHOLE_NUMBER}
    # As text a number or a moment may be kept too, but nobody would think of it.
    return kind not in _MOMENTS | {Kind.YES_OR_NO, Kind.DECIMAL, Kind.NESTED}


def _says_of_kind(kind: str, found: "models.Field[object, object]") -> str:
    match found:
        case _ if kind == Kind.EMPTY:
            return ""
        case models.BooleanField():
            return "it says yes or no"
        case models.DecimalField() | models.IntegerField():
            return "it holds numbers"
        case models.DateTimeField():
            return "it holds moments"
        case models.DateField():
            return "it holds days"
    return ""
