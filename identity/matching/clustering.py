"""People out of pairs: the surest join first, and nobody joins across who is kept apart.

Most records hang together without anybody to keep apart: these are found all at once. Only
where somebody is, or too many hang together, pairs are taken one by one, the surest first;
ties are settled by the records' ids, so any order of arrival gives the same people.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from identity.matching.deciding import Decided, Edges
from identity.matching.normalise import People
from identity.matching.rules import Rules
from identity.matching.sets import without

# Two groups of so many that one pair alone would join: that pair had better be sure.
_GROUP, _SURE = 3, 0.9995
# Smaller ones have no two such groups.
_WATCHED_FROM = 2 * _GROUP


@dataclass(frozen=True, slots=True)
class Clusters:
    """Of every row the first row of its person, and the pairs a guard refused."""

    of: np.ndarray
    refused: np.ndarray


def people(them: People, joining: Edges, apart: Edges, rules: Rules) -> Clusters:
    """Return who is one person."""
    count = len(them.records)
    together = components(count, joining)
    sizes = np.bincount(together, minlength=count)
    watched = sizes > min(rules.largest_person, _WATCHED_FROM - 1)
    inside = together[apart.left] == together[apart.right]
    watched[together[apart.left[inside]]] = True
    source = _clean_source(them, rules)
    watched |= _doubled(together, source)
    of = _first_row(together)
    in_doubt = np.flatnonzero(watched[together[joining.left]])
    if not len(in_doubt):
        return Clusters(of, np.array([], dtype=np.int64))
    is_watched = watched[together]
    of[is_watched] = np.flatnonzero(is_watched)
    kept = zip(apart.left[inside].tolist(), apart.right[inside].tolist(), strict=True)
    forest = _Forest(kept, rules.largest_person, _supports(joining, in_doubt), source)
    refused = []
    # The surest first; rows stand in the order of record ids.
    order = np.lexsort(
        (joining.right[in_doubt], joining.left[in_doubt], -joining.likely[in_doubt])
    )
    for place in in_doubt[order].tolist():
        left, right = int(joining.left[place]), int(joining.right[place])
        if not forest.join(left, right, float(joining.likely[place])):
            refused.append(int(joining.place[place]))
    for members in forest.groups():
        of[members] = min(members)
    return Clusters(of, np.array(sorted(refused), dtype=np.int64))


def unseen(count: int, decided: Decided, rules: Rules) -> pa.Table:
    """Return the pairs that hang together by others, and were not looked at themselves."""
    together = components(count, decided.guess())
    order = np.argsort(together, kind="stable")
    sizes = np.bincount(together, minlength=1)
    starts = np.cumsum(sizes) - sizes
    found = [np.array([], dtype=np.int64)]
    for size in np.unique(sizes[sizes >= _GROUP]).tolist():
        if size > rules.largest_person:
            continue
        members = order[starts[sizes == size][:, None] + np.arange(size)]
        one, other = np.triu_indices(size, 1)
        found.append((members[:, one] * count + members[:, other]).ravel())
    seen = decided.left.astype(np.int64) * count + decided.right
    missing = without(np.concatenate(found), seen)
    left, right = np.divmod(missing, max(1, count))
    return pa.table({"l": left.astype(np.int32), "r": right.astype(np.int32)})


def components(count: int, joining: Edges) -> np.ndarray:
    """Return which records hang together, whatever stands between them."""
    if not count:
        return np.array([], dtype=np.int64)
    ones = np.ones(len(joining.left), dtype=np.int8)
    graph = coo_array((ones, (joining.left, joining.right)), shape=(count, count))
    return np.asarray(connected_components(graph, directed=False)[1])


def _clean_source(them: People, rules: Rules) -> np.ndarray:
    """Return of which clean source each row is, -1 where its source is none."""
    if not rules.clean or "source" not in them.columns:
        return np.full(len(them.records), -1)
    column = them.columns["source"]
    code = [
        place if value in rules.clean else -1
        for place, value in enumerate(column.values.to_pylist())
    ]
    return np.asarray(np.array([*code, -1])[column.codes])


def _doubled(together: np.ndarray, source: np.ndarray) -> np.ndarray:
    """Return in which groups two rows are of one clean source."""
    of_clean = source >= 0
    code = together[of_clean].astype(np.int64) * (source.max(initial=0) + 1)
    both, count = np.unique(code + source[of_clean], return_counts=True)
    found = np.zeros(len(together), dtype=bool)
    found[both[count > 1] // (source.max(initial=0) + 1)] = True
    return found


def _first_row(together: np.ndarray) -> np.ndarray:
    first = np.full(len(together), len(together))
    # Of several rows of one person the last to be written is the first there is.
    first[together[::-1]] = np.arange(len(together))[::-1]
    return np.asarray(first[together])


def _supports(joining: Edges, chosen: np.ndarray) -> dict[int, set[int]]:
    """Return with whom each row has a pair that joins."""
    found: dict[int, set[int]] = defaultdict(set)
    left, right = joining.left[chosen].tolist(), joining.right[chosen].tolist()
    for one, other in zip(left, right, strict=True):
        found[one].add(other)
        found[other].add(one)
    return found


class _Forest:
    """Rows in groups that grow together, unless somebody is kept apart."""

    def __init__(
        self,
        apart: Iterator[tuple[int, int]],
        largest: int,
        supports: dict[int, set[int]],
        source: np.ndarray,
    ) -> None:
        self._strangers: dict[int, set[int]] = defaultdict(set)
        for one, other in apart:
            self._strangers[one].add(other)
            self._strangers[other].add(one)
        self._largest = largest
        self._supports = supports
        self._source = source
        self._group: dict[int, list[int]] = {}
        self._kept_from: dict[int, set[int]] = {}
        self._sources: dict[int, set[int]] = defaultdict(set)

    def join(self, one: int, other: int, likely: float) -> bool:
        """Join the groups of both, unless a guard refuses; return whether they are one."""
        ours, theirs = self._of(one), self._of(other)
        if ours is theirs:
            return True
        if len(ours) < len(theirs):
            ours, theirs = theirs, ours
        if len(ours) + len(theirs) > self._largest or self._are_apart(ours, theirs):
            return False
        if likely < _SURE and len(theirs) >= _GROUP and self._is_bridge(ours, theirs):
            return False
        self._kept_from[id(ours)] |= self._kept_from.pop(id(theirs))
        self._sources[id(ours)] |= self._sources.pop(id(theirs))
        ours += theirs
        for row in theirs:
            self._group[row] = ours
        return True

    def groups(self) -> Iterator[list[int]]:
        return iter({id(group): group for group in self._group.values()}.values())

    def _of(self, row: int) -> list[int]:
        group = self._group.get(row)
        if group is None:
            group = self._group[row] = [row]
            self._kept_from[id(group)] = set(self._strangers.get(row, ()))
            # Of a clean source one person has one record.
            if self._source[row] >= 0:
                self._sources[id(group)] = {int(self._source[row])}
        return group

    def _are_apart(self, ours: list[int], theirs: list[int]) -> bool:
        if not self._sources[id(ours)].isdisjoint(self._sources[id(theirs)]):
            return True
        return not self._kept_from[id(ours)].isdisjoint(theirs)

    def _is_bridge(self, ours: list[int], theirs: list[int]) -> bool:
        """Return whether a single pair holds the two groups together."""
        known = set(ours)
        return sum(len(self._supports[row] & known) for row in theirs) < 2
