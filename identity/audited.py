"""What audits show of how often weights are right, band by band, and what may join by it.

An audit is a fact about a pair: whatever weights score later, it counts in the band they
put the pair in. It reads what the last weighing left behind, so a page may ask it.
"""

import hashlib
import json
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from math import inf

from governance.models import Storefront
from identity.matching.audits import EDGES, Band, merge_at
from identity.models import Audit, LikelyPair, MatchCandidate, Weighing
from identity.policy import Policy

_SAME = MatchCandidate.Status.SAME
# Also of pairs nobody would be asked about some are read: they are to be left.
_FLOORS = (0.0, *EDGES[:-1])
# Each band: its least likelihood, and what is more than any in it.
RANGES = (*pairwise(_FLOORS), (_FLOORS[-1], inf))


@dataclass(frozen=True, slots=True)
class Audited:
    """A band, how many of its audits wait, and whether its pairs join by themselves.

    ``needs`` is how many more audits without an error it takes; 0, where it has them.
    """

    band: Band
    waiting: int
    joins: bool
    needs: int


@dataclass(frozen=True, slots=True)
class Shop:
    """What was found of a storefront's pairs, the likeliest first, as of a weighing.

    ``beyond`` are audits of pairs at which the weights do not look any more; ``joined``
    are the pairs that weights join.
    """

    storefront: Storefront
    weighed_at: datetime
    model_version: str
    bands: Sequence[Audited]
    beyond: int
    joined: int


def floor_of(probability: float) -> float:
    """Return the least likelihood of the band a pair is in.

    >>> [floor_of(likely) for likely in (0.0, 0.1999, 0.2, 0.9991, 1.0)]
    [0.0, 0.0, 0.2, 0.999, 0.999]
    """
    return _FLOORS[bisect_right(_FLOORS, probability) - 1]


def joins_from(storefront: Storefront, agreed: Policy) -> float:
    """Return from which probability on pairs join by themselves; infinity, if none may.

    By the lower end of the interval, and not by the share that was counted: of few audits
    all may be right by luck.
    """
    return merge_at(_bands(storefront, {}), agreed.thresholds.auto_precision)


def digest(storefront: Storefront) -> str:
    """Return by what two states of the audits that show the same are the same."""
    told = Audit.objects.settled().filter(storefront=storefront).order_by("pk")
    said = list(told.values_list("pk", "candidate__status"))
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def shops(agreed: Policy) -> list[Shop]:
    """Return what was found of every storefront that was ever weighed."""
    latest = Weighing.objects.order_by("storefront_id", "-at", "-pk").distinct(
        "storefront_id"
    )
    return [_shop(each, agreed) for each in latest.select_related("storefront")]


def _shop(weighing: Weighing, agreed: Policy) -> Shop:
    storefront = weighing.storefront
    approved = agreed.thresholds.auto_precision
    pairs = {float(floor): count for floor, count in weighing.bands.items()}
    found = _bands(storefront, pairs)
    least = merge_at(found, approved)
    ours = Audit.objects.filter(storefront=storefront)
    waiting = Counter(
        floor_of(likely)
        for likely in ours.open().values_list("probability", flat=True)
        if likely is not None
    )
    return Shop(
        storefront=storefront,
        weighed_at=weighing.at,
        model_version=weighing.model_version,
        bands=[
            Audited(
                band,
                waiting[band.at_least],
                band.at_least >= least,
                band.still_needed(approved),
            )
            for band in reversed(found)
        ],
        beyond=ours.filter(probability=None).count(),
        joined=LikelyPair.objects.filter(storefront=storefront).count(),
    )


def _bands(storefront: Storefront, pairs: dict[float, int]) -> list[Band]:
    """Return the bands with what was audited of them, the lowest first."""
    settled = Audit.objects.settled().filter(storefront=storefront)
    read, right = Counter[float](), Counter[float]()
    for likely, status in settled.values_list("probability", "candidate__status"):
        if likely is not None:
            read[floor_of(likely)] += 1
            right[floor_of(likely)] += status == _SAME
    return [
        Band(low, high, pairs.get(low, 0), read[low], right[low])
        for low, high in pairwise((*_FLOORS, EDGES[-1]))
    ]
