"""Columns of any type as texts, each distinct one once: what is no text of somebody is none."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

# What is longer says nothing of who somebody is, and would be compared for minutes.
_LONGEST = 500
# Who gives more values than these gives somebody else's.
_MOST_OF_ONE = 5
_BLANKS, _UNSEEN = r"[\p{Z}\s]+", r"[\x{200b}-\x{200f}\x{2060}\x{feff}]+"


def as_texts(column: pa.ChunkedArray) -> pa.DictionaryArray:
    """Return the column as texts; of a list, one that stands for all its values."""
    if _is_list(column.type):
        return _tidied(_one_of_each(column))
    return _tidied(_as_strings(column).combine_chunks().dictionary_encode())


def is_readable(kind: pa.DataType) -> bool:
    """Return whether there are texts in such a column.

    >>> is_readable(pa.list_(pa.string())), is_readable(pa.struct([("a", pa.int64())]))
    (True, False)
    """
    return not pa.types.is_nested(kind) or (
        _is_list(kind) and not pa.types.is_nested(kind.value_type)
    )


def _is_list(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_list(kind)
        or pa.types.is_large_list(kind)
        or pa.types.is_fixed_size_list(kind)
    )


def _as_strings(column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
        kind = column.type
    if pa.types.is_floating(kind):
        column = _whole(column)
    if pa.types.is_decimal(kind):
        column = _whole(column.cast(pa.float64()))
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return _decoded(column)
    return column.cast(pa.string())


def _whole(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return numbers as whole ones, where all are: 4930123456.0 is a phone."""
    column = pc.if_else(pc.is_finite(column), column, None)
    try:
        return column.cast(pa.int64())
    except pa.ArrowInvalid:
        return column


def _decoded(column: pa.ChunkedArray) -> pa.ChunkedArray:
    try:
        return column.cast(pa.string())
    except pa.ArrowInvalid:
        said = [
            None if one is None else one.decode(errors="replace")
            for one in column.to_pylist()
        ]
        return pa.chunked_array([pa.array(said, pa.string())])


def _tidied(typed: pa.DictionaryArray) -> pa.DictionaryArray:
    """Return the texts without what cannot be seen; what is too long is none."""
    values = typed.dictionary
    is_long = pc.greater(pc.binary_length(values), _LONGEST)
    if pc.any(is_long).as_py():
        values = pc.if_else(is_long, "", values)
    # Most texts are plain, and asking that first costs a hundredth of looking closer.
    odd = pc.invert(pc.string_is_ascii(values).fill_null(True))
    if pc.any(odd).as_py():
        seen = pc.replace_substring_regex(values.filter(odd), _UNSEEN, "")
        seen = pc.replace_substring_regex(seen, _BLANKS, " ")
        values = pc.replace_with_mask(values, odd, seen)
    return pa.DictionaryArray.from_arrays(typed.indices, values)


def _one_of_each(column: pa.ChunkedArray) -> pa.DictionaryArray:
    """Return for each list a value that is the same for all who share one of theirs.

    Values that somebody gives together are that person's, so each stands for the others.
    """
    lists = [one or [] for one in column.to_pylist()]
    said = [[str(value).strip() for value in one if value is not None] for one in lists]
    said = [[value for value in one if value] for one in said]
    counts = Counter(value for one in said for value in set(one))
    place = {value: at for at, value in enumerate(sorted(counts))}
    stands = _standing_for(said, place, counts)
    return pa.array(
        [stands[place[one[0]]] if one else None for one in said], pa.string()
    ).dictionary_encode()


def _standing_for(
    said: list[list[str]], place: dict[str, int], counts: Counter[str]
) -> list[str]:
    """Return for each value the one most people give of those it stands together with."""
    together = np.array(
        [
            (place[one], place[other])
            for values in said
            if len(set(values)) <= _MOST_OF_ONE
            for one, other in pairwise(values)
        ],
        dtype=np.int64,
    ).reshape(-1, 2)
    shape = (len(place), len(place))
    edges = coo_array((np.ones(len(together)), together.T), shape=shape)
    _, group = connected_components(edges, directed=False)
    best: dict[int, str] = {}
    for value in sorted(place, key=lambda value: (-counts[value], value)):
        best.setdefault(int(group[place[value]]), value)
    return [best[one] for one in group.tolist()]
