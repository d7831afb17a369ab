"""Pairs drawn at random to be audited: each night a few of each band, whatever rules did.

A sample of what somebody doubted would say nothing of the rest: so the draw looks at how
likely a pair is and at nothing else, and is not what weights learn from.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from governance.models import Storefront
from identity import audited, rows
from identity.models import Audit, Link, MatchCandidate
from identity.weighing import Weighed

type Pair = tuple[int, int]

EVIDENCE = "Drawn at random, to see how often such pairs are one person."
GUARD = "What it was weighed at is not shown: judge by what you read."


@dataclass(frozen=True, slots=True)
class Drawn:
    """A pair the draw fell on: out of which band, and by what seed."""

    pair: Pair
    floor: float
    seed: str


def judge(storefront: Storefront, weighed: Weighed) -> None:
    """Let every audit of the storefront say how likely its pair is by these weights."""
    audits = list(
        Audit.objects.filter(storefront=storefront).select_related("candidate")
    )
    likely = _likely(weighed, (_pair(each) for each in audits))
    for each in audits:
        each.probability = likely.get(_pair(each))
        each.model_version = weighed.version
    Audit.objects.bulk_update(audits, ["probability", "model_version"], batch_size=1000)


def draw(
    storefront: Storefront, weighed: Weighed, *, per_band: int, night: str
) -> list[Drawn]:
    """Draw so many pairs of each band that ``per_band`` wait; the same night the same.

    Pairs that rules have joined are among them, pairs nobody would be asked about, and
    pairs that wait already. Whom a steward has joined as a whole nobody is asked about.
    """
    audits = Audit.objects.filter(storefront=storefront).select_related("candidate")
    known = {_pair(each) for each in audits}
    waiting = Counter(
        audited.floor_of(each.probability)
        for each in audits.open()
        if each.probability is not None
    )
    found: list[Drawn] = []
    likely = weighed.pairs["probability"].to_numpy()
    for floor, ceiling in audited.RANGES:
        wanted = per_band - waiting[floor]
        here = np.flatnonzero((likely >= floor) & (likely < ceiling))
        if wanted < 1 or not len(here):
            continue
        seed = f"{night} {storefront.key} {floor:g}"
        order = _shuffled(weighed, here, seed, at_most=wanted + len(known))
        fresh = [pair for pair in order if pair not in known]
        chosen = _but_joined_by_hand(fresh)[:wanted]
        found += [Drawn(pair, floor, seed) for pair in chosen]
    return found


def keep(
    storefront: Storefront,
    drawn: Sequence[Drawn],
    weighed: Weighed,
    *,
    run: str,
    at: datetime,
) -> None:
    """Write down what was drawn; the pairs are in the queue by now.

    One that somebody has settled before counts at once: the draw did not look at that.
    """
    likely = _likely(weighed, (each.pair for each in drawn))
    ids = _candidates([each.pair for each in drawn])
    person_of = _people({record for each in drawn for record in each.pair})
    Audit.objects.bulk_create(
        Audit(
            candidate_id=ids[each.pair],
            storefront=storefront,
            drawn_at=at,
            run=run,
            seed=each.seed,
            drawn_from=each.floor,
            drawn_by_model=weighed.version,
            was_one_person=len({person_of.get(one) for one in each.pair}) == 1,
            probability=likely[each.pair],
            model_version=weighed.version,
        )
        for each in drawn
    )


def _but_joined_by_hand(pairs: Sequence[Pair]) -> list[Pair]:
    """Leave out pairs of one person whom a steward joined: only a steward parts them."""
    merges: dict[int, set[int]] = defaultdict(set)
    records = {record for pair in pairs for record in pair}
    for merge, record in rows.select("joined_by_stewards", records=list(records)):
        merges[record].add(merge)
    return [(one, two) for one, two in pairs if merges[one].isdisjoint(merges[two])]


def _shuffled(
    weighed: Weighed, here: np.ndarray, seed: str, *, at_most: int
) -> list[Pair]:
    """Return some of these pairs as the seed orders them, however they came in."""
    left, right = (weighed.pairs[side].to_numpy()[here] for side in ("left", "right"))
    in_order = np.lexsort((right, left))
    number = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8])
    chance = np.random.default_rng(number)
    some = chance.choice(in_order, size=min(at_most, len(here)), replace=False)
    return [(int(left[place]), int(right[place])) for place in some]


def _candidates(pairs: Collection[Pair]) -> Mapping[Pair, int]:
    asked = MatchCandidate.objects.filter(
        left__in=[left for left, _ in pairs], right__in=[right for _, right in pairs]
    )
    return {
        (left, right): number
        for number, left, right in asked.values_list("pk", "left", "right")
    }


def _people(records: Collection[int]) -> Mapping[int, int]:
    links = Link.objects.as_of(None).filter(record__in=records)
    return dict(links.values_list("record", "person"))


def _likely(weighed: Weighed, pairs: Iterable[Pair]) -> dict[Pair, float]:
    """Return how likely those of the pairs are that were looked at."""
    found = weighed.compared(pairs)
    names = ("left", "right", "probability")
    columns = (found[name].to_pylist() for name in names)
    return {(left, right): likely for left, right, likely in zip(*columns, strict=True)}


def _pair(audit: Audit) -> Pair:
    return audit.candidate.left_id, audit.candidate.right_id
