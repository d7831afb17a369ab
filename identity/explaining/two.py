"""Why two are not one: what they share, what keeps them apart, and what would change it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from itertools import combinations, product

from identity import clusters, evidence, ledger, limits, policy
from identity.evidence import Facts, Kind, Pair
from identity.explaining import read
from identity.explaining.read import Step
from identity.keys import births_look_swapped
from identity.models import Apart, MatchCandidate, QuarantinedValue
from identity.names import Agreement, compare_first
from identity.policy import Policy
from measurement.models import CustomerRecord

Status = MatchCandidate.Status
_OF_FACTS = {"cross_id": "claims", "email": "emails", "phone": "phones"}
_WHAT = {
    Kind.CROSS_ID: "They share a customer id. ",
    Kind.EMAIL: "They share a mailbox. ",
    Kind.PHONE: "They share a phone number, and their names agree. ",
}
_MEND = "The records say otherwise by then, or a steward joins them all the same."


@dataclass(frozen=True, slots=True)
class Shared:
    """A value both have, and why it joins nobody, where it does not."""

    kind: str
    value: str
    set_aside: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """Something that keeps two people apart, and what would have to be for it not to."""

    sentence: str
    changes_if: str
    pair: int | None = None


@dataclass(frozen=True)
class WhyNot:
    """Why two are not one. ``is_one`` where they are: then nothing keeps them apart.

    ``asked`` is the likeliest pair of theirs that was put to somebody, with its weights.
    """

    ones: Sequence[CustomerRecord]
    others: Sequence[CustomerRecord]
    as_of: datetime | None
    is_one: bool
    shares: Sequence[Shared]
    reasons: Sequence[Reason]
    asked: MatchCandidate | None
    steps: Sequence[Step]

    @property
    def bits(self) -> float:
        """Return what the weights of the likeliest pair come to."""
        return read.bits_of(self.steps)


def why_not(
    one: int, other: int, *, as_of: datetime | None = None, agreed: Policy | None = None
) -> WhyNot:
    """Return why the people of two records were not one at the moment; without one, now.

    Works of any two, also of those that were never compared: what rules make of them is
    worked out here.
    """
    people = ledger.people_of(record_ids=[one, other], as_of=as_of)
    ones, others = (_theirs(each, people, as_of) for each in (one, other))
    is_one = one == other or (one in people and people[one] == people.get(other))
    agreed = agreed or (policy.as_of(as_of) if as_of else policy.now())
    records = read.named([*ones, *others])
    asked: list[MatchCandidate] = []
    shares: list[Shared] = []
    reasons: list[Reason] = []
    if not is_one:
        limited = [each.key for each in agreed.limited()]
        facts = read.facts_of([*ones, *others], limited=limited)
        left = [facts[record] for record in ones]
        right = [facts[record] for record in others]
        asked = read.asked_between(ones, others)
        shares = list(_shares(left, right, as_of))
        reasons = list(
            _reasons(records, left, right, asked, shares, as_of=as_of, agreed=agreed)
        )
    likeliest = next((pair for pair in asked if pair.waterfall), None)
    return WhyNot(
        ones=[records[record] for record in ones],
        others=[records[record] for record in others],
        as_of=as_of,
        is_one=is_one,
        shares=shares,
        reasons=reasons,
        asked=likeliest or (asked[0] if asked else None),
        steps=read.waterfall(likeliest) if likeliest else [],
    )


def _theirs(
    record: int, people: Mapping[int, int], as_of: datetime | None
) -> list[int]:
    if record not in people:
        return [record]
    return ledger.records_of(person_id=people[record], as_of=as_of)


def _reasons(
    records: Mapping[int, CustomerRecord],
    ones: Sequence[Facts],
    others: Sequence[Facts],
    asked: Sequence[MatchCandidate],
    shares: Sequence[Shared],
    *,
    as_of: datetime | None,
    agreed: Policy,
) -> Iterator[Reason]:
    if {one.storefront for one in ones}.isdisjoint(one.storefront for one in others):
        yield Reason(
            "They are known at two shops, and what one shop was told is not the other's.",
            "Nothing: nobody is joined across shops.",
        )
        return
    spoken = list(_spoken(records, ones, others, asked, as_of))
    yield from spoken
    yield from _set_aside(shares)
    refusals = list(_refusals(ones, others, agreed))
    yield from refusals
    pairs = _pairs(ones, others, shares, agreed)
    waiting = [pair for pair in asked if pair.status not in _SAID]
    yield from _waiting(waiting, as_of)
    told = {each.sentence for each in refusals} | {pair.guard for pair in waiting[:1]}
    guards = {
        pair.guard: _WHAT[pair.kind] + pair.guard
        for pair in pairs
        if pair.guard and pair.guard not in told
    }
    for sentence in guards.values():
        yield Reason(sentence, _MEND)
    if not (spoken or waiting or guards or (pairs and refusals)):
        yield from _nothing(pairs, shares, agreed)


_SAID = (Status.DIFFERENT, Status.HOUSEHOLD, Status.SAME)


def _spoken(
    records: Mapping[int, CustomerRecord],
    ones: Sequence[Facts],
    others: Sequence[Facts],
    asked: Sequence[MatchCandidate],
    as_of: datetime | None,
) -> Iterator[Reason]:
    """Yield what people said of them, and nothing twice."""
    across = _across(ones, others)
    told: set[frozenset[int]] = set()
    said = Apart.objects.as_of(as_of).among([one.record for one in (*ones, *others)])
    for each in said.select_related("by").order_by("at", "pk"):
        two = frozenset((each.left_id, each.right_id))
        if two in across:
            told.add(two)
            names = f"{records[each.left_id]} and {records[each.right_id]}"
            yield Reason(
                f"{each.by} said on {each.at:%d %B %Y} that {names} are not the same "
                f"person: {each.reason}",
                f"A steward takes that back. Speak with {each.by} first.",
            )
    for pair in asked:
        if pair.status not in (Status.DIFFERENT, Status.HOUSEHOLD):
            continue
        assert pair.decided_at is not None
        is_later = as_of is not None and pair.decided_at > as_of
        if not is_later and frozenset((pair.left_id, pair.right_id)) not in told:
            yield Reason(
                f"{pair.decided_by} answered on {pair.decided_at:%d %B %Y}: "
                f"{pair.get_status_display().lower()}. {pair.reason}",
                "The pair is asked about again once its evidence is another.",
                pair.pk,
            )


def _set_aside(shares: Sequence[Shared]) -> Iterator[Reason]:
    for shared in shares:
        if shared.set_aside:
            yield Reason(
                f"They share a value that joins nobody ({shared.kind.replace('_', ' ')}): "
                f"{shared.set_aside}",
                "It is not set aside any more, or they share something else.",
            )


def _refusals(
    ones: Sequence[Facts], others: Sequence[Facts], agreed: Policy
) -> Iterator[Reason]:
    """Yield every guard that refuses to make one person of all these records."""
    births = _unlike({one.birth_on for one in ones}, {one.birth_on for one in others})
    if births:
        swapped = any(births_look_swapped(*two) for two in births)
        sentence = clusters.BIRTHS_SWAPPED if swapped else clusters.BIRTHS_DIFFER
        yield Reason(sentence, _MEND)
    names = _unlike({one.first for one in ones}, {one.first for one in others})
    if any(
        compare_first(*two, agreed.nicknames) is Agreement.CONFLICT for two in names
    ):
        yield Reason(evidence.FIRST_NAMES_DIFFER, _MEND)
    shops = {one.account_of for one in ones} & {one.account_of for one in others}
    if shops - {None}:
        yield Reason(clusters.TWO_ACCOUNTS, _MEND)
    carried = limits.refusal(_carried(ones), _carried(others), agreed.limited())
    if carried:
        yield Reason(carried, _MEND)
    if 0 < agreed.size.most_records < len(ones) + len(others):
        yield Reason(
            clusters.TOO_LARGE,
            f"It is agreed that a person may have more than "
            f"{agreed.size.most_records:,} records.",
        )


def _carried(facts: Sequence[Facts]) -> limits.Carried:
    said = (limits.carried(one.carries, one.said_on) for one in facts)
    return reduce(limits.together, said, {})


def _unlike[Value](
    ones: Collection[Value | None], others: Collection[Value | None]
) -> list[tuple[Value, Value]]:
    """Return the values that differ and of which neither side has both already.

    What differs within one person was looked at when they were joined.
    """
    left = {value for value in ones if value is not None}
    right = {value for value in others if value is not None}
    seen = {frozenset(two) for side in (left, right) for two in combinations(side, 2)}
    return [
        (one, other)
        for one, other in product(left, right)
        if one != other and frozenset((one, other)) not in seen
    ]


def _pairs(
    ones: Sequence[Facts],
    others: Sequence[Facts],
    shares: Sequence[Shared],
    agreed: Policy,
) -> list[Pair]:
    """Return what rules find between the two, the surest first."""
    across = _across(ones, others)
    aside = {
        (one.storefront, shared.kind, shared.value)
        for one in ones
        for shared in shares
        if shared.set_aside
    }
    both = [*ones, *others]
    found = [
        *evidence.find(both, agreed=agreed, aside=aside).pairs,
        *evidence.find_by_phone(both, agreed=agreed, aside=aside).pairs,
    ]
    return [
        pair
        for pair in found
        if frozenset((pair.left.record, pair.right.record)) in across
    ]


def _waiting(
    waiting: Sequence[MatchCandidate], as_of: datetime | None
) -> Iterator[Reason]:
    for pair in waiting[:1]:
        if as_of is not None and pair.found_at > as_of:
            continue
        hundred = round(pair.score * 100)
        yield Reason(
            f"A steward is asked since {pair.found_at:%d %B %Y} "
            f"({pair.get_status_display().lower()}): of pairs like this about {hundred} "
            f"in 100 are one person. {pair.guard}",
            "The pair is answered.",
            pair.pk,
        )


def _nothing(
    pairs: Sequence[Pair], shares: Sequence[Shared], agreed: Policy
) -> Iterator[Reason]:
    asks = f"{agreed.thresholds.ask_above:.0%}"
    if pairs:
        yield Reason(
            "Nothing keeps them apart: a rule joins them.",
            "The next night reads them, and if one was stopped, a data owner lets it pass.",
        )
    elif any(not shared.set_aside for shared in shares):
        yield Reason(
            "What they share is not enough: beside it no name agrees, or it joins nobody.",
            f"Weighed together it makes them one person with {asks} or more: then a "
            f"steward is asked.",
        )
    elif not shares:
        yield Reason(
            "They share no customer id, no mailbox and no phone number.",
            f"They come to share one, or all else weighs {asks} or more.",
        )


def _shares(
    ones: Sequence[Facts], others: Sequence[Facts], as_of: datetime | None
) -> Iterator[Shared]:
    """Yield the values both have at one shop, with what was said of each."""
    stores = {one.storefront for one in ones} & {one.storefront for one in others}
    aside = {
        (value.kind, value.value): _why_aside(value)
        for value in QuarantinedValue.objects.as_of(as_of)
        .filter(storefront__in=stores)
        .select_related("by")
        .filter(
            value__in={
                v for one in ones for k in _OF_FACTS.values() for v in getattr(one, k)
            }
        )
    }
    for kind, name in _OF_FACTS.items():
        theirs = {value for one in others for value in getattr(one, name)}
        for value in sorted({v for one in ones for v in getattr(one, name)} & theirs):
            yield Shared(kind, value, aside.get((kind, value), ""))


def _why_aside(value: QuarantinedValue) -> str:
    if value.by is not None:
        return f"{value.by} set it aside on {value.since:%d %B %Y}: {value.reason}"
    return (
        f"{value.records:,} records and {value.surnames:,} surnames share it, more than "
        f"was agreed on."
    )


def _across(ones: Sequence[Facts], others: Sequence[Facts]) -> set[frozenset[int]]:
    return {frozenset((one.record, two.record)) for one, two in product(ones, others)}
