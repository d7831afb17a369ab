"""What keeps people apart: a guard looks at everybody a join would put together. Pure."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations

from identity import evidence, limits
from identity.evidence import Facts, Pair
from identity.keys import births_look_swapped
from identity.names import Agreement, Nicknames, compare_first
from identity.policy import Policy
from identity.scored import Likely

BIRTHS_DIFFER = "The birth dates differ."
BIRTHS_SWAPPED = "The birth dates differ by which number is the day."
TWO_ACCOUNTS = "Both are registered accounts of one shop."
TOO_LARGE = "Together they would be more records than one person may have."
SAID_DIFFERENT = "A steward has said that they are not the same."
CONSENT_REFUSED = "One of them has refused to be known by what they share."


@dataclass(frozen=True, slots=True)
class Said:
    """What stewards decided: records that are one person, pairs that are not."""

    together: Sequence[frozenset[int]] = ()
    apart: frozenset[tuple[int, int]] = frozenset()

    @property
    def of(self) -> dict[int, Hashable]:
        """Return what was said of each record somebody spoke of, to be compared.

        Of records that were joined with the same others the same was said; who is two
        people with somebody stands alone.
        """
        joined: dict[int, set[int]] = defaultdict(set)
        for number, group in enumerate(self.together):
            for record in group:
                joined[record].add(number)
        said: dict[int, Hashable] = {
            record: frozenset(numbers) for record, numbers in joined.items()
        }
        return said | {record: record for pair in self.apart for record in pair}


@dataclass(slots=True)
class Cluster:
    """Some records taken for one person, and what of them a guard looks at.

    ``accepted`` are differences a steward has seen and joined across.
    """

    voices: list[Facts]
    firsts: set[str] = field(default_factory=set)
    births: set[date] = field(default_factory=set)
    shops: set[int] = field(default_factory=set)
    strangers: set[int] = field(default_factory=set)
    records: set[int] = field(default_factory=set)
    accepted: set[frozenset[str | date]] = field(default_factory=set)
    carries: limits.Carried = field(default_factory=dict)

    def take_in(self, other: "Cluster") -> None:
        self.voices += other.voices
        self.firsts |= other.firsts
        self.births |= other.births
        self.shops |= other.shops
        self.strangers |= other.strangers
        self.records |= other.records
        self.accepted |= other.accepted
        if other.carries:
            self.carries = limits.together(self.carries, other.carries)

    def refusal(self, other: "Cluster", nicknames: Nicknames) -> str:
        """Return why the two must not be one person, or nothing."""
        if self.strangers & other.records:
            return SAID_DIFFERENT
        accepted = self.accepted | other.accepted
        for ours in self.firsts:
            for theirs in other.firsts:
                if (
                    compare_first(ours, theirs, nicknames) is Agreement.CONFLICT
                    and frozenset((ours, theirs)) not in accepted
                ):
                    return evidence.FIRST_NAMES_DIFFER
        for born in self.births:
            for also_born in other.births - {born}:
                if frozenset((born, also_born)) not in accepted:
                    swapped = births_look_swapped(born, also_born)
                    return BIRTHS_SWAPPED if swapped else BIRTHS_DIFFER
        return TWO_ACCOUNTS if self.shops & other.shops else ""


_NOBODY: Mapping[int, frozenset[str]] = {}


class Forest:
    """Every record in a cluster; clusters grow together.

    One that nothing is compared with never gets a cluster of its own: most are so.
    """

    def __init__(
        self,
        voice_of: Mapping[int, Facts],
        said: Said,
        agreed: Policy,
        refused: Mapping[int, frozenset[str]] = _NOBODY,
    ) -> None:
        self.agreed = agreed
        self.by_score: list[Likely] = []
        self._refused: dict[Facts, frozenset[str]] = defaultdict(frozenset)
        for record in refused.keys() & voice_of.keys():
            self._refused[voice_of[record]] |= refused[record]
        self._most = agreed.size.most_records
        self._limits = agreed.limited()
        self._strangers: dict[int, set[int]] = defaultdict(set)
        for one, other in said.apart:
            self._strangers[one].add(other)
            self._strangers[other].add(one)
        self._of: dict[int, Cluster] = {}
        for group in said.together:
            theirs = (voice_of[record] for record in sorted(group))
            self._join_by_hand(list(dict.fromkeys(theirs)))

    def of(self, one: Facts) -> Cluster:
        if one.record not in self._of:
            self._of[one.record] = Cluster(
                voices=[one],
                firsts={one.first} if one.first else set(),
                births={one.birth_on} if one.birth_on else set(),
                shops=set() if one.account_of is None else {one.account_of},
                strangers=set(self._strangers.get(one.record, ())),
                records={one.record},
                carries=limits.carried(one.carries, one.said_on),
            )
        return self._of[one.record]

    def refusal(self, one: Cluster, other: Cluster) -> str:
        """Return why the two must not be one person, or nothing."""
        together = len(one.voices) + len(other.voices)
        return (
            one.refusal(other, self.agreed.nicknames)
            or limits.refusal(one.carries, other.carries, self._limits)
            or (TOO_LARGE if 0 < self._most < together else "")
        )

    def against(self, pair: Pair) -> str:
        """Return why what the pair shares must not join the two people, or nothing."""
        one, other = self.of(pair.left), self.of(pair.right)
        return self.refusal(one, other) or self._consent(pair, one, other)

    def _consent(self, pair: Pair, one: Cluster, other: Cluster) -> str:
        """Return whether a record of either refused what would join them.

        What one of somebody's records has said no to, all of them have.
        """
        if not self._refused:
            return ""
        refused = (
            self._refused.get(voice, frozenset())
            for voice in (*one.voices, *other.voices)
        )
        is_refused = not pair.rests_on.isdisjoint(frozenset().union(*refused))
        return CONSENT_REFUSED if is_refused else ""

    def groups(self, voices: Iterable[Facts]) -> Iterator[list[Facts]]:
        """Yield the voices that are one person, each voice once."""
        seen: set[int] = set()
        for one in voices:
            cluster = self._of.get(one.record)
            if cluster is None:
                yield [one]
            elif id(cluster) not in seen:
                seen.add(id(cluster))
                yield cluster.voices

    def join(self, one: Cluster, other: Cluster) -> None:
        large, small = sorted((one, other), key=lambda each: -len(each.voices))
        large.take_in(small)
        for voice in small.voices:
            self._of[voice.record] = large

    def _join_by_hand(self, voices: Sequence[Facts]) -> None:
        """Join what a steward joined, whatever differs; remember the differences."""
        for voice in voices[1:]:
            one, other = self.of(voices[0]), self.of(voice)
            if one is not other:
                self.join(one, other)
        for voice in voices[:1]:
            cluster = self.of(voice)
            seen: Sequence[str | date] = [*cluster.firsts, *cluster.births]
            cluster.accepted |= {frozenset(two) for two in combinations(seen, 2)}
