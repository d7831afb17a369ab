"""Records held together by evidence: the surest way between two, and where it is weakest. Pure."""

import heapq
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import log2


@dataclass(frozen=True, slots=True)
class Strand:
    """Two records, and how likely what speaks of them is right."""

    left: int
    right: int
    likely: float

    def other(self, record: int) -> int:
        """Return the record at the other end."""
        return self.right if record == self.left else self.left


class Web:
    """The records of a person and the surest strand between each two."""

    def __init__(self, records: Iterable[int], strands: Iterable[Strand]) -> None:
        self.records = sorted(set(records))
        self._at: dict[int, list[Strand]] = defaultdict(list)
        surest: dict[frozenset[int], Strand] = {}
        known = set(self.records)
        for strand in strands:
            two = frozenset((strand.left, strand.right))
            if len(two) == 2 and two <= known:
                held = surest.get(two)
                if held is None or held.likely < strand.likely:
                    surest[two] = strand
        self.strands = list(surest.values())
        for strand in self.strands:
            for end in (strand.left, strand.right):
                self._at[end].append(strand)

    def path(self, start: int, end: int) -> list[Strand] | None:
        """Return the strands that lead from one record to another; none, where none do.

        Of all ways the one on which everything is likeliest right; of those as likely the
        one with the fewest steps.

        >>> web = Web([1, 2, 3], [Strand(1, 3, 0.5), Strand(1, 2, 0.9), Strand(2, 3, 0.9)])
        >>> [(one.left, one.right) for one in web.path(1, 3)]
        [(1, 2), (2, 3)]
        """
        waiting: list[tuple[float, int, int]] = [(0.0, 0, start)]
        came: dict[int, Strand | None] = {start: None}
        cost: dict[int, tuple[float, int]] = {start: (0.0, 0)}
        while waiting:
            doubt, steps, here = heapq.heappop(waiting)
            if here == end:
                return list(_back(came, end))[::-1]
            if (doubt, steps) > cost[here]:
                continue
            for strand in self._at[here]:
                there = strand.other(here)
                so_far = (doubt - log2(strand.likely), steps + 1)
                if there not in cost or so_far < cost[there]:
                    cost[there], came[there] = so_far, strand
                    heapq.heappush(waiting, (*so_far, there))
        return None

    def parts(self) -> list[list[int]]:
        """Return the records that hang together, the largest part first."""
        seen: set[int] = set()
        found = []
        for record in self.records:
            if record not in seen:
                part = self._reached([record])
                seen |= part
                found.append(sorted(part))
        return sorted(found, key=lambda part: (-len(part), part))

    def weakest_bridge(self) -> tuple[Strand, list[int]] | None:
        """Return the least likely strand that alone holds a part, and that part's records.

        The smaller of the two sides; none, where every strand has another way around it.
        """
        # Only these can be bridges: what is no part of a tree has a way around it.
        for strand in sorted(self._tree(), key=lambda one: (one.likely, one.left)):
            side = self._reached([strand.left], without=strand)
            if strand.right not in side:
                rest = self._reached([strand.right], without=strand)
                return strand, sorted(side if len(side) <= len(rest) else rest)
        return None

    def _tree(self) -> Iterator[Strand]:
        """Yield the strands of a tree that spans each part."""
        seen: set[int] = set()
        for record in self.records:
            waiting = [] if record in seen else [record]
            seen.add(record)
            while waiting:
                here = waiting.pop()
                for strand in self._at[here]:
                    there = strand.other(here)
                    if there not in seen:
                        seen.add(there)
                        waiting.append(there)
                        yield strand

    def _reached(
        self, start: Collection[int], *, without: Strand | None = None
    ) -> set[int]:
        reached, waiting = set(start), list(start)
        while waiting:
            here = waiting.pop()
            for strand in self._at[here]:
                there = strand.other(here)
                if strand is not without and there not in reached:
                    reached.add(there)
                    waiting.append(there)
        return reached


def likely_right(strands: Sequence[Strand]) -> float:
    """Return how likely everything on a way is right."""
    found = 1.0
    for strand in strands:
        found *= strand.likely
    return found


def _back(came: dict[int, Strand | None], end: int) -> Iterator[Strand]:
    here = end
    while (strand := came[here]) is not None:
        yield strand
        here = strand.other(here)
