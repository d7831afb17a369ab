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
from identity.matching.normalise import NONE, Column, People
from identity.names import Agreement, compare_first, nicknames_of

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
# Two cores share the pairs, so many at a time.
_AT_ONCE = 120_000
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
    """Return the levels of every pair of rows of the people who were laid out."""
    columns = set(rows.column_names)
    with_names = {"first", "last"} <= columns
    swapped = "l_first = r_last and l_last = r_first" if with_names else "false"
    guests = "l_guest or r_guest" if "guest" in columns else "false"
    written = []
    for one in found:
        is_first = one.kind is Kind.FIRST
        filled = {
            "x": one.feature.name,
            "swapped": swapped if one.kind in {Kind.FIRST, Kind.LAST} else "false",
            "short": "short_forms.one is not null" if is_first else "false",
            "guests": guests,
        }
        level = statement(f"level_{one.way}", filled)
        written.append(f'cast({level} as tinyint) as "{one.feature.name}"')
    joins = ""
    if "first" in columns:
        joins = (
            "left join short_forms "
            "on short_forms.one = l_first and short_forms.other = r_first"
        )
    filled = {"levels": ",\n".join(written), "joins": joins}
    return select(opened, "levels", {"pairs": _side_by_side(rows, pairs)}, filled)


def _side_by_side(rows: pa.Table, pairs: pa.Table) -> pa.Table:
    """Return every pair with both sides' columns: values stay where they are."""
    columns: dict[str, pa.Array] = {"l": pairs["l"], "r": pairs["r"]}
    for side in ("l", "r"):
        place = pairs[side].combine_chunks()
        for name in rows.column_names:
            if name != "row":
                columns[f"{side}_{name}"] = rows[name].combine_chunks().take(place)
    wide = pa.table(columns)
    return pa.Table.from_batches(wide.to_batches(max_chunksize=_AT_ONCE), wide.schema)
