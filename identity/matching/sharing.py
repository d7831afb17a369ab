"""Values that too many share say nothing: they join nobody, and are proposed to be set aside."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pyarrow as pa

from identity.matching.normalise import NONE, Codes, Column, People
from identity.matching.rules import QUARANTINE, Rules
from identity.matching.typed import comparable
from identity.rules import blocking

# Somebody may order often: so many records more than people a value may stand on.
_RECORDS_PER_PERSON = 5
BLOCKED = "It is blocked."


def set_aside(people: People, rules: Rules) -> tuple[People, pa.Table]:
    """Return people without the values that too many share, and what these are.

    Who says the same names is counted once: a guest who came twenty times is one.
    """
    columns, found = dict(people.columns), []
    for name, column in people.columns.items():
        blocked = _blocked(column, rules)
        column = column.without(blocked)
        most = rules.most_records.get(column.kind)
        if most is not None:
            crowded = list(_crowded(people, column, most, rules.most_surnames))
            codes = np.array([code for code, _ in crowded], dtype=np.int32)
            found += [
                {"kind": str(column.kind), "value": column.values[code].as_py()} | said
                for code, said in crowded
            ]
            column = column.without(codes)
        columns[name] = column
    found.sort(key=lambda one: (one["kind"], -int(one["records"]), one["value"]))
    return replace(people, columns=columns), pa.Table.from_pylist(found, QUARANTINE)


def _blocked(column: Column, rules: Rules) -> Codes:
    values = rules.blocked.get(column.kind, frozenset())
    patterns = rules.blocked_patterns.get(column.kind, ())
    if not values and not patterns:
        return np.array([], dtype=np.int32)
    # A value is blocked as its key stands; a number is compared without its country.
    compared = {
        text
        for value in values
        for text in comparable({"": value}, {"": column.kind}).values()
    }
    is_blocked = blocking(frozenset(values | compared), tuple(patterns))
    found = [
        code
        for code, value in enumerate(column.values.to_pylist())
        if is_blocked(value)
    ]
    return np.array(found, dtype=np.int32)


def _crowded(
    people: People, column: Column, most: int, most_surnames: int
) -> Iterator[tuple[int, dict[str, int | str]]]:
    counts = column.counts()
    suspected = np.flatnonzero(counts > min(most, most_surnames))
    if not len(suspected):
        return
    rows = np.flatnonzero(np.isin(column.codes, suspected))
    nobody = np.full(len(people.records), NONE, dtype=np.int64)
    first = _codes(people, "first", nobody)[rows]
    last = _codes(people, "last", nobody)[rows]
    # Who says no name is taken for one more.
    nameless = (first == NONE) & (last == NONE)
    voice = np.where(nameless, -2 - rows, first * (last.max(initial=0) + 2) + last)
    voices = _distinct(column.codes[rows], voice, len(counts))
    named = last != NONE
    surnames = _distinct(column.codes[rows][named], last[named], len(counts))
    for code in suspected.tolist():
        too_many = voices[code] > most or counts[code] > most * _RECORDS_PER_PERSON
        if too_many or surnames[code] > most_surnames:
            yield (
                code,
                {
                    "records": int(counts[code]),
                    "surnames": int(surnames[code]),
                    "reason": _in_words(int(counts[code]), int(surnames[code])),
                },
            )


def _in_words(records: int, surnames: int) -> str:
    return (
        f"It stands on {records:,} records of {surnames:,} surnames. Set it aside, or "
        f"allow more of them."
    )


def _codes(people: People, name: str, otherwise: np.ndarray) -> np.ndarray:
    if name not in people.columns:
        return otherwise
    return people.columns[name].codes.astype(np.int64)


def _distinct(codes: np.ndarray, other: np.ndarray, count: int) -> np.ndarray:
    """Return how many different others each code stands beside."""
    order = np.lexsort((other, codes))
    one, beside = codes[order], other[order]
    begins = np.ones(len(one), dtype=bool)
    begins[1:] = (one[1:] != one[:-1]) | (beside[1:] != beside[:-1])
    return np.bincount(one[begins], minlength=count)
