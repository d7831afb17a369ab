"""What stewards are asked beyond what rules ask: pairs that weights hold for likely.

Every pair that waits is told how likely it is one person, what says so, and what its
answer would move; two people who are likely one and of whom nobody was asked are asked
about once. A few pairs are drawn at random to be audited, and those of bands that audits
show to be right are left to the next stitching. Nobody is joined here.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import numpy as np
from django.db import transaction

from governance.models import Storefront
from identity import (
    audited,
    drawing,
    ledger,
    likely,
    policy,
    quarantine,
    queue,
    rows,
    weighing,
)
from identity.drawing import Drawn
from identity.matching.model import Weight
from identity.models import Link, MatchCandidate, Weighing
from identity.policy import Policy
from identity.queue import Question, Step
from identity.weighing import Reading, Weighed

type Pair = tuple[int, int]

# With fewer records weights cannot be estimated: questions go by the rules alone.
FEWEST_RECORDS = 1_000

LIKELY = "Several things they share, weighed together."
# A change of it that nobody would see is none.
_SEEN = 0.005
_LONGEST = 200


@dataclass(frozen=True)
class Doubts:
    """How many pairs were weighed, how many are asked about now, and in words what came."""

    pairs: int
    asked: int
    message: str


@transaction.atomic
def ask(
    *,
    at: datetime,
    agreed: Policy | None = None,
    run: str = "",
    draws: bool = True,
) -> Doubts:
    """Weigh the records of every storefront, and put what is likely to stewards.

    A storefront of which nothing is known otherwise than when it was last weighed is left
    as it is. ``run`` says which night it was; where it only rehearses, nothing ``draws``.
    """
    ledger.wait_for_other_merges()
    agreed = agreed or policy.now()
    night = _Night(agreed, at, run, agreed.asking.audits_per_band if draws else 0)
    weighed = [
        found
        for storefront in Storefront.objects.order_by("pk")
        if (found := _weigh(storefront, night)) is not None
    ]
    return Doubts(
        pairs=sum(each.pairs for each in weighed),
        asked=sum(each.asked for each in weighed),
        message=" ".join(_in_words(each) for each in weighed),
    )


@dataclass(frozen=True, slots=True)
class _Night:
    """What a weighing goes by: what was agreed on, when, and how many audits wait."""

    agreed: Policy
    at: datetime
    run: str
    per_band: int

    @property
    def name(self) -> str:
        return self.run or f"{self.at:%Y-%m-%d %H:%M}"


def _weigh(storefront: Storefront, night: _Night) -> Weighing | None:
    agreed, at = night.agreed, night.at
    [(records, state)] = rows.select("weighed_state", storefront=storefront.pk)
    digest = _digest(state, audited.digest(storefront), agreed)
    last = Weighing.objects.filter(storefront=storefront).first()
    is_weighed = last is not None and last.digest == digest
    if records < FEWEST_RECORDS and not agreed.scoring.model:
        # What once joined by weights there are none of any more.
        likely.keep(storefront, (), model="", policy=agreed.digest, at=at)
        return None
    if is_weighed:
        return None
    weighed = _judged(storefront, agreed)
    likely.keep(
        storefront,
        weighed.joining(),
        model=weighed.version,
        policy=agreed.digest,
        at=at,
    )
    drawn = drawing.draw(storefront, weighed, per_band=night.per_band, night=night.name)
    new = _asked_about(storefront, weighed, drawn, night)
    return Weighing.objects.create(
        storefront=storefront,
        at=at,
        digest=digest,
        model_version=weighed.version,
        records=records,
        pairs=weighed.pairs.num_rows,
        asked=new,
        bands=_bands(weighed),
    )


def _judged(storefront: Storefront, agreed: Policy) -> Weighed:
    """Return the pairs as weighed, with what joins by what audits show of these weights."""
    aside = quarantine.standing()
    before = audited.joins_from(storefront, agreed)
    weighed = weighing.weigh(storefront.pk, agreed, aside=aside, joins_from=before)
    drawing.judge(storefront, weighed)
    now = audited.joins_from(storefront, agreed)
    if now == before:
        return weighed
    # Other weights put audited pairs in other bands: hardly ever, so it is done twice.
    return weighing.weigh(storefront.pk, agreed, aside=aside, joins_from=now)


def _asked_about(
    storefront: Storefront, weighed: Weighed, drawn: Sequence[Drawn], night: _Night
) -> int:
    """Put what is likely and what was drawn to stewards; return how many are likely."""
    asked = _asked(storefront)
    new = _new(weighed)
    audits = {each.pair for each in drawn}
    read = weighed.of([*asked, *new, *audits])
    questions = {
        pair: read[pair]
        for pair in dict.fromkeys([*asked, *new, *sorted(audits)])
        if pair in read and _is_news(asked.get(pair), read[pair])
    }
    found = _questions(questions, asked, weighed, night.agreed, audits - set(new))
    queue.ask(found, at=night.at)
    drawing.keep(storefront, drawn, weighed, run=night.run, at=night.at)
    return len(new)


def _asked(storefront: Storefront) -> dict[Pair, MatchCandidate]:
    """Return the pairs of the storefront that wait, or were told to be two people."""
    pairs = MatchCandidate.objects.filter(left__system__storefront=storefront)
    still = pairs.exclude(status=MatchCandidate.Status.SAME)
    return {(pair.left_id, pair.right_id): pair for pair in still}


def _new(weighed: Weighed) -> list[Pair]:
    """Return the pairs to ask about: of two people nobody was asked about the likeliest."""
    links = Link.objects.as_of(None)
    person_of = dict(links.values_list("record", "person"))
    spoken_of: set[Pair] = set(rows.select("people_spoken_of"))
    found = []
    for left, right, _ in sorted(weighed.likely(), key=lambda pair: (-pair[2], pair)):
        one, other = sorted((person_of.get(left, -1), person_of.get(right, -1)))
        if one in (-1, other) or (one, other) in spoken_of:
            continue
        spoken_of.add((one, other))
        found.append((left, right))
    return found


def _is_news(pair: MatchCandidate | None, read: Reading) -> bool:
    """Return whether anybody would see a difference to what the pair was told before."""
    if pair is None:
        return True
    before = {(step["feature"], step["level"]) for step in pair.waterfall}
    now = {(weight.feature, weight.level) for weight in read.weights}
    return before != now or abs(pair.score - read.probability) > _SEEN


def _questions(
    read: Mapping[Pair, Reading],
    asked: Mapping[Pair, MatchCandidate],
    weighed: Weighed,
    agreed: Policy,
    audits: Collection[Pair],
) -> Iterator[Question]:
    stakes = _at_stake(list(read))
    for (left, right), reading in read.items():
        pair = asked.get((left, right))
        value, impact = stakes[left, right]
        new = (drawing.EVIDENCE, drawing.GUARD)
        if (left, right) not in audits:
            new = (LIKELY, reading.guard)
        # A rule that asked has said why in its own words.
        evidence, guard = (pair.evidence, pair.guard) if pair else new
        yield Question(
            left=left,
            right=right,
            evidence=evidence,
            guard=guard,
            score=reading.probability,
            pattern=_pattern(reading),
            waterfall=list(_steps(reading)),
            value_at_risk=value,
            impact=impact,
            model_version=weighed.version,
            policy_version=agreed.digest,
        )


def _at_stake(pairs: Sequence[Pair]) -> dict[Pair, tuple[Decimal, int]]:
    """Return the money and the records that an answer about each pair touches."""
    found = rows.select(
        "at_stake",
        lefts=[left for left, _ in pairs],
        rights=[right for _, right in pairs],
    )
    return dict(zip(pairs, found, strict=True))


def _pattern(reading: Reading) -> str:
    """Return what was compared and how, so that pairs alike are told by it.

    What is not known of them, and what says nothing, is no part of it.
    """
    return "; ".join(
        f"{weight.feature} {weight.level}"
        for weight in reading.weights
        if weight.level and weight.bits
    )[:_LONGEST]


def _steps(reading: Reading) -> Iterator[Step]:
    for weight in reading.weights:
        yield Step(
            feature=weight.feature,
            level=weight.level,
            bits=round(weight.bits, 3),
            sentence=_sentence(weight),
        )


def _sentence(weight: Weight) -> str:
    """Return a weight in words.

    >>> _sentence(Weight("last", "equal, rare", 8.5))
    'Last: equal, rare.'
    >>> _sentence(Weight("prior", "", -14.6))
    'Two records at random are hardly ever one person.'
    """
    if not weight.level:
        return "Two records at random are hardly ever one person."
    name = weight.feature.replace("_", " ")
    return f"{name[0].upper()}{name[1:]}: {weight.level}."


def _bands(weighed: Weighed) -> dict[str, int]:
    """Return how many pairs there are of each band of likelihood."""
    likely = weighed.pairs["probability"].to_numpy()
    return {
        f"{floor:g}": int(np.count_nonzero((likely >= floor) & (likely < ceiling)))
        for floor, ceiling in audited.RANGES
    }


def _digest(state: str, audits: str, agreed: Policy) -> str:
    said = [state, audits, agreed.digest, str(weighing.VERSION)]
    return hashlib.sha256(" ".join(said).encode()).hexdigest()


def _in_words(weighing: Weighing) -> str:
    return (
        f"{weighing.storefront.name}: {_pairs(weighing.pairs)} weighed, "
        f"{weighing.asked:,} newly asked about."
    )


def _pairs(number: int) -> str:
    return "1 pair" if number == 1 else f"{number:,} pairs"
