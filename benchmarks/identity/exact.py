"""What exact keys alone make of records: the quickest answer there is, with one guard.

Two records are joined that share a value and say the same first name. Whoever shares a
mailbox or a phone and says another name, or none, is left to what is weighed. A value on
too many records joins nobody.
"""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

type Rows = np.ndarray[tuple[int], np.dtype[np.int64]]

_NONE = -1


def people(keys: pa.Table, *, most: Mapping[str, int], named: str = "first") -> Rows:
    """Return of each record the first record of the person it belongs to.

    Args:
        keys: a row per record: comparable keys as text, null where there is none.
        most: on how many records a value of each column may stand.
        named: the column that has to say the same, too.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    name = _codes(keys[named])
    edges = [_edges(_codes(keys[kind]), name, limit) for kind, limit in most.items()]
    left, right = (np.concatenate(side) for side in zip(*edges, strict=True))
    shape = (keys.num_rows, keys.num_rows)
    graph = coo_array((np.ones(len(left), dtype=np.int8), (left, right)), shape=shape)
    count, group = connected_components(graph, directed=False)
    first = np.full(count, keys.num_rows, dtype=np.int64)
    np.minimum.at(first, group, np.arange(keys.num_rows))
    return np.asarray(first[group])


def _codes(column: pa.ChunkedArray) -> np.ndarray:
    """Return a number for each value, the same for the same, and -1 for none."""
    encoded = column.combine_chunks().dictionary_encode()
    indices = encoded.indices.fill_null(_NONE)
    return np.asarray(indices.to_numpy(zero_copy_only=False), dtype=np.int64)


def _edges(value: np.ndarray, name: np.ndarray, most: int) -> tuple[Rows, Rows]:
    """Return neighbours in a chain through all who share a value and a name.

    A chain joins as many as all pairs would, and there are never more edges than records.
    """
    if not (value >= 0).any():
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    shared = np.bincount(value[value >= 0])
    allowed = (shared >= 2) & (shared <= most)
    rows = np.flatnonzero((value >= 0) & (name >= 0) & np.append(allowed, False)[value])
    both = value[rows] * (name.max() + 1) + name[rows]
    order = np.argsort(both, kind="stable")
    same = np.flatnonzero(both[order][1:] == both[order][:-1])
    return rows[order[same]], rows[order[same + 1]]
