"""How two records compare, field by field: a small number each, from differs to equal.

Which numbers there are stands here; how they are told apart stands in SQL, one file for
each way of comparing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from identity.matching.engines import Engine, select, statement
from identity.matching.fields import Kind
from identity.matching.model import Feature
from identity.matching.normalise import NONE, Codes, Column, People
from identity.matching.repeats import Levels, Once, each, once
from identity.names import Agreement, compare_first, nicknames_of

type Rows = np.ndarray[tuple[int], np.dtype[np.int32]]

_RARITIES = ("common", "usual", "rare", "very rare")
# A value that at least this share of the records has is common, usual, rare.
_RARE_BELOW = (1 / 50, 1 / 250, 1 / 1500)
_EQUAL = tuple(f"equal, {rarity}" for rarity in _RARITIES)
_SHARED = ("equal, on five or more", "equal, on three or four", "equal")

_NAME = ("not known", "differs", "an initial", "a little alike", "alike",
         "a short form or a part", "first and last exchanged", *_EQUAL)  # fmt: skip
_LEVELS: dict[str, tuple[str, ...]] = {
    "name": _NAME,
    "birth": ("not known", "differs", "a little alike", "two of three parts", "one slip",
              "day and month exchanged", "equal, a common day", "equal"),
    "email": ("not known", "differs", "alike, as the names are", "alike",
              "same mailbox elsewhere",
              "equal but for dots or a tag", *_SHARED),
    "phone": ("not known", "differs", "one slip", *_SHARED),
    "id": ("not known", "differs", "alike", *_SHARED),
    "text": ("not known", "differs", "a little alike", "alike", *_EQUAL),
    "named": ("not known", "names one of the two", "names neither", "names both",
              "names who says no name", "does not name who says no name"),
    "sources": ("not known", "one source", "one source, a guest", "two sources"),
}  # fmt: skip
_COMPARED_BY = {
    Kind.FIRST: "name",
    Kind.MIDDLE: "name",
    Kind.LAST: "name",
    Kind.BIRTH: "birth",
    Kind.EMAIL: "email",
    Kind.PHONE: "phone",
    Kind.UNIQUE: "id",
    Kind.CROSS: "id",
    Kind.CARD: "id",
}
_SWAPPED = (Kind.FIRST, Kind.LAST)
_BY_SHORT_FORM = (
    "left join short_forms on short_forms.one = l_first and short_forms.other = r_first"
)
# So much of a mailbox that is not its owner's name is hardly a namesake's; as in the SQL.
_OWN = 2
# No value of a column has this number, and it is not that of none.
_NOBODYS = -2
_NEVER = {Kind.SOURCE, Kind.ACCOUNT, Kind.DEVICE, Kind.COUNTRY}
# The least level that says the two are equal, by way of comparing.
EQUAL_FROM = {"name": 7, "birth": 6, "email": 6, "phone": 3, "id": 3, "text": 4}
# The least that may be the same with a slip in it.
ALIKE_FROM = {"name": 4, "birth": 4, "email": 5, "phone": 3, "id": 3, "text": 3}


@dataclass(frozen=True, slots=True)
class Comparison:
    """One feature, the way it is compared, and of which column."""

    feature: Feature
    way: str
    kind: Kind | None = None


def comparisons(people: People) -> tuple[Comparison, ...]:
    """Return what of these people can be compared."""
    return tuple(_comparisons(people))


def _comparisons(people: People) -> Iterator[Comparison]:
    for name, column in people.columns.items():
        if column.kind not in _NEVER:
            way = _COMPARED_BY.get(column.kind, "text")
            yield Comparison(Feature(name, _LEVELS[way]), way, column.kind)
    if {"first", "email"} <= set(people.columns):
        yield Comparison(Feature("whose mailbox", _LEVELS["named"]), "named")
    if "source" in people.columns:
        yield Comparison(Feature("sources", _LEVELS["sources"]), "sources")


def lay_out(opened: Engine, people: People) -> pa.Table:
    """Return people as a row each, and give the engine its ``people`` and ``short_forms``."""
    rows = _as_table(people)
    if "email" in people.columns:
        rows = rows.append_column("email_own", _own(opened, rows))
    opened.register("people", rows)
    if "first" in people.columns:
        opened.register("short_forms", _short_forms(people))
    return rows


def _own(opened: Engine, rows: pa.Table) -> pa.Array:
    """Return how much of each mailbox is not its owner's name: namesakes share the rest."""
    cut = "email_mailbox"
    for name in sorted({"first", "last"} & set(rows.column_names), reverse=True):
        cut = f"replace({cut}, coalesce({name}, ''), '')"
    found = select(opened, "own", {"people": rows}, {"own": f"length({cut})"})
    return found.sort_by("row")["own"]


def _as_table(people: People) -> pa.Table:
    columns: dict[str, pa.Array] = {
        "row": pa.array(np.arange(len(people.records), dtype=np.int32))
    }
    if people.guests is not None:
        columns["guest"] = pa.array(people.guests)
    for name, column in people.columns.items():
        texts = column.texts()
        columns[name] = texts
        way = _COMPARED_BY.get(column.kind, "text")
        if way in {"name", "text"}:
            columns[f"{name}_rarity"] = _of_each(column, rarity_of(column))
        if way == "birth":
            common = (column.counts() >= 5) & (rarity_of(column) < 2)
            columns[f"{name}_rarity"] = _of_each(column, common.astype(np.int8))
        if way in {"email", "phone", "id"}:
            columns[f"{name}_sharing"] = _of_each(column, sharing_of(column))
        if column.kind is Kind.EMAIL:
            columns[f"{name}_mailbox"] = _mailboxes(column)
    return pa.table(columns)


def rarity_of(column: Column) -> np.ndarray:
    """Return how rare each value is: 0 where many have it, up to 3."""
    counts = column.counts().astype(float)
    share = counts / max(1, int(counts.sum()))
    rarer = [share < below for below in _RARE_BELOW]
    return np.sum(rarer, axis=0, dtype=np.int8)


def sharing_of(column: Column) -> np.ndarray:
    """Return 0 for a value on two records, 1 on three or four, 2 on more."""
    counts = column.counts()
    return (counts >= 3).astype(np.int8) + (counts >= 5).astype(np.int8)


def _of_each(column: Column, of_value: np.ndarray) -> pa.Array:
    return pa.array(np.append(of_value, 0)[column.codes].astype(np.int8))


def _mailboxes(column: Column) -> pa.Array:
    """Return mailboxes without dots and tags: some providers read none of these."""
    mailbox = pc.replace_substring_regex(column.values, r"(\+[^@]*)?@.*$", "")
    plain = pc.replace_substring(mailbox, ".", "").dictionary_encode()
    places = np.append(plain.indices.to_numpy(zero_copy_only=False), NONE)[column.codes]
    return pa.DictionaryArray.from_arrays(
        pa.array(places, pa.int32(), mask=places == NONE), plain.dictionary
    )


def _short_forms(people: People) -> pa.Table:
    """Return which first names among these are short for which others, both ways."""
    names = {
        text for text in people.columns["first"].values.to_pylist() if " " not in text
    }
    found = [
        (one, other)
        for one in names
        for other in nicknames_of(one) & names
        if one != other and compare_first(one, other) is Agreement.AGREE
    ]
    both = sorted({*found, *((other, one) for one, other in found)})
    return pa.table(
        {
            "one": pa.array([one for one, _ in both], pa.string()),
            "other": pa.array([other for _, other in both], pa.string()),
        }
    )


def levels(
    opened: Engine, found: Sequence[Comparison], rows: pa.Table, pairs: pa.Table
) -> pa.Table:
    """Return the levels of every pair of rows of the people who were laid out.

    The pairs stay in their order. Each thing is compared on its own, and what repeats in
    it once: it is the same two names again and again.
    """
    left, right = (pairs[side].to_numpy() for side in ("l", "r"))
    compared = {
        one.feature.name: _level(opened, one, rows, left, right) for one in found
    }
    return pa.table({"l": pairs["l"], "r": pairs["r"]} | compared)


def _level(
    opened: Engine, one: Comparison, rows: pa.Table, left: Rows, right: Rows
) -> Levels:
    looked = _looked_at(one, rows, left, right)
    place = looked.looked_at
    pairs = _side_by_side(rows, _reads(one, rows), left[place], right[place])
    is_first = one.kind is Kind.FIRST
    can_swap = one.kind in _SWAPPED and _has(rows, "first", "last")
    told = {
        "x": one.feature.name,
        "swapped": "l_first = r_last and l_last = r_first" if can_swap else "false",
        "short": "short_forms.one is not null" if is_first else "false",
        "guests": "l_guest or r_guest" if _has(rows, "guest") else "false",
    }
    filled = {
        "level": statement(f"level_{one.way}", told),
        "joins": _BY_SHORT_FORM if is_first else "",
    }
    said = select(opened, "levels", {"pairs": pairs}, filled)
    seen = np.zeros(len(place), dtype=np.int8)
    seen[said["place"].to_numpy()] = said["level"].to_numpy()
    return looked.spread(seen, len(left))


def _looked_at(one: Comparison, rows: pa.Table, left: Rows, right: Rows) -> Once:
    """Return the pairs to look at: those that may compare otherwise than another does."""
    if one.way == "sources":
        return each(np.ones(len(left), dtype=bool))
    if one.way == "named":
        return each(_may_name(rows, left, right))
    code = _codes(rows, one.feature.name)
    marks = np.zeros(len(left), dtype=np.int8)
    if one.way == "email":
        is_own = rows["email_own"].fill_null(0).to_numpy() >= _OWN
        marks = 2 * is_own[left].astype(np.int8) + is_own[right]
    elif one.kind in _SWAPPED and _has(rows, "first", "last"):
        marks = _are_swapped(rows, left, right).astype(np.int8)
    return once(code[left], code[right], marks)


def _may_name(rows: pa.Table, left: Rows, right: Rows) -> np.ndarray:
    """Return where a mailbox is shared by two names, or may say the one that is missing."""
    first, email = _codes(rows, "first"), _codes(rows, "email")
    one, other = first[left], first[right]
    known = (email[left] != NONE) & (email[right] != NONE)
    return np.asarray(
        known & (one != other)
        & ((email[left] == email[right]) | (one == NONE) | (other == NONE))
    )  # fmt: skip


def _are_swapped(rows: pa.Table, left: Rows, right: Rows) -> np.ndarray:
    """Return where the first name of each is the last name of the other."""
    last = _codes(rows, "last")
    dictionaries = (
        rows[name].combine_chunks().dictionary for name in ("first", "last")
    )
    as_last = pc.index_in(*dictionaries).fill_null(_NOBODYS).to_numpy()
    first = np.append(as_last, _NOBODYS)[_codes(rows, "first")]
    return np.asarray((first[left] == last[right]) & (last[left] == first[right]))


def _codes(rows: pa.Table, name: str) -> Codes:
    """Return which value each row has in a column, or ``NONE``."""
    indices = rows[name].combine_chunks().indices.fill_null(NONE)
    return np.asarray(indices.to_numpy(zero_copy_only=False))


def _has(rows: pa.Table, *names: str) -> bool:
    return set(names) <= set(rows.column_names)


def _reads(one: Comparison, rows: pa.Table) -> list[str]:
    """Return what is read of both sides to compare them."""
    told = [
        one.feature.name + part
        for part in ("", "_rarity", "_sharing", "_own", "_mailbox")
    ]
    if one.way == "named":
        told = ["first", "email", "email_mailbox"]
    elif one.way == "sources":
        told = ["source", "guest"]
    elif one.kind in _SWAPPED:
        told += ["first", "last"]
    return [name for name in dict.fromkeys(told) if _has(rows, name)]


def _side_by_side(
    rows: pa.Table, names: Sequence[str], left: Rows, right: Rows
) -> pa.Table:
    """Return every pair with both sides' columns."""
    columns: dict[str, pa.Array] = {"place": np.arange(len(left))}
    for side, place in (("l", left), ("r", right)):
        for name in names:
            taken = rows[name].combine_chunks().take(pa.array(place))
            is_coded = pa.types.is_dictionary(taken.type)
            # A dictionary is read whole, however few of its values are left.
            columns[f"{side}_{name}"] = taken.dictionary_decode() if is_coded else taken
    return pa.table(columns)
