"""What somebody reads of a pair before they answer: both people, in full, beside each other."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Sum

from governance.models import User
from identity import comparing, contacts, effects, golden, ledger, queue
from identity.models import Answer, MatchCandidate
from identity.queue.around import Neighbour, neighbours
from measurement.models import ConsentEvent, LifecycleStage, Order

Wants = MatchCandidate.Wants
# What a timeline shows of one person, the latest first.
MOMENTS = 12
_BARS = 20


@dataclass(frozen=True)
class Step:
    """One comparison: in words, what it adds, and how long its bar is, of ``_BARS``."""

    feature: str
    level: str
    sentence: str
    bits: float
    length: int
    speaks_for: bool


@dataclass(frozen=True)
class Moment:
    """Something the person did, or that was said of them."""

    at: datetime | None
    kind: str
    what: str
    amount: Decimal | None = None
    currency: str = ""


@dataclass(frozen=True)
class Side:
    """One of the two people: their records, and what happened with them."""

    person: int | None
    records: Sequence[comparing.Brief]
    moments: Sequence[Moment]
    more: int


@dataclass(frozen=True)
class Survivor:
    """The value a field would have of the two as one, and why that one."""

    label: str
    value: str
    why: str
    others: int


@dataclass(frozen=True)
class Dossier:
    """All of it. ``is_blind`` hides what a reader is not to see: a second one the first
    answer, who audits what weights and rules make of the two.
    """

    pair: MatchCandidate
    is_mine: bool
    is_blind: bool
    is_audit: bool
    lines: Sequence[comparing.Line]
    steps: Sequence[Step]
    sides: tuple[Side, Side]
    conflicts: Sequence[str]
    survivors: Sequence[Survivor]
    effect: effects.Effect
    shared: Sequence[tuple[str, str, str]]
    said: Sequence[Answer]
    changed: Sequence[str]
    around: Sequence[Neighbour]


def read(pair: MatchCandidate, *, by: User, at: datetime) -> Dossier:
    """Return what the reader is shown of the pair; contacts masked unless they may see.

    Whoever reads it as the second, or to be tried by it, sees the two as they were before
    the first answer, and nothing of that.
    """
    may_see = contacts.may_see(by)
    is_mine = queue.is_mine(pair, by, at)
    hides = hidden(pair, by=by, at=at)
    as_of = _before_it_was_decided(pair) if hides else None
    is_audit = queue.is_audited_by(pair, by)
    both = (pair.left_id, pair.right_id)
    # Who audits two records sees these two: whom they belong to would say too much.
    left, right = ([one] if is_audit else _records(one, as_of) for one in both)
    together = {*left, *right}
    return Dossier(
        pair=pair,
        is_mine=is_mine,
        is_blind=is_audit or (hides and pair.wants == Wants.BLIND),
        is_audit=is_audit,
        lines=comparing.side_by_side(pair, may_see=may_see, as_of=as_of),
        steps=list(_steps(pair)),
        sides=(_side(pair.left_id, left, as_of), _side(pair.right_id, right, as_of)),
        conflicts=list(_conflicts(left, right)),
        survivors=list(_survivors(together, may_see=may_see)),
        effect=effects.NOT_MEASURED if is_audit else _effect(pair, as_of),
        shared=[
            (kind, value, contacts.shown(kind, value, may_see=may_see))
            for kind, value in queue.shared_values(pair)
        ],
        said=[] if hides else list(pair.answers.select_related("by")),
        changed=[] if hides else queue.what_changed(pair),
        around=neighbours(pair, left=left, right=right, by=by, at=at),
    )  # fmt: skip


def hidden(pair: MatchCandidate, *, by: User, at: datetime) -> bool:
    """Return whether what was said of the pair is kept from the reader.

    A second reading is blind for whoever may still be asked for it; a pair whose answer
    is known looks like any other to whoever is tried by it.
    """
    if pair.wants == Wants.BLIND:
        return queue.may_decide(by) and not pair.answers.filter(by=by).exists()
    return pair.wants == Wants.NOTHING and queue.is_mine(pair, by, at)


def _before_it_was_decided(pair: MatchCandidate) -> datetime | None:
    return pair.decided_at - timedelta(microseconds=1) if pair.decided_at else None


def _steps(pair: MatchCandidate) -> Iterator[Step]:
    most = max((abs(each["bits"]) for each in pair.waterfall), default=0) or 1
    for each in sorted(pair.waterfall, key=lambda step: -abs(step["bits"])):
        bits = float(each["bits"])
        yield Step(
            feature=each["feature"].replace("_", " ").capitalize(),
            level=each["level"],
            sentence=each.get("sentence", ""),
            bits=bits,
            length=max(1, round(abs(bits) / most * _BARS)) if bits else 0,
            speaks_for=bits > 0,
        )


def _records(record: int, as_of: datetime | None) -> list[int]:
    """Return every record of the person the record belonged to."""
    person = ledger.people_of(record_ids=[record], as_of=as_of).get(record)
    if person is None:
        return [record]
    return ledger.records_of(person_id=person, as_of=as_of)


def _side(record: int, records: list[int], as_of: datetime | None) -> Side:
    moments = sorted(
        [*_orders(records), *_stages(records), *_consents(records)],
        key=lambda each: (each.at is None, -(each.at.timestamp() if each.at else 0)),
    )
    return Side(
        person=ledger.people_of(record_ids=[record], as_of=as_of).get(record),
        records=comparing.briefly(records, chosen=record),
        moments=moments[:MOMENTS],
        more=max(0, len(moments) - MOMENTS),
    )


def _orders(records: Collection[int]) -> Iterator[Moment]:
    orders = Order.objects.filter(customer__in=records).order_by("-placed_at")
    shown = orders.select_related("system__storefront")[: MOMENTS + 1]
    for order in shown.annotate(taken=Sum("lines__amount_shop")):
        currency = order.system.storefront.currency
        taken = getattr(order, "taken", None)
        yield Moment(
            order.placed_at, "order", f"Order {order.source_id}", taken, currency
        )


def _stages(records: Collection[int]) -> Iterator[Moment]:
    for stage in LifecycleStage.objects.filter(customer__in=records):
        yield Moment(stage.started_at, "stage", f"Became {stage.stage}")


def _consents(records: Collection[int]) -> Iterator[Moment]:
    for each in ConsentEvent.objects.filter(customer__in=records):
        what = " by ".join(part for part in (each.purpose, each.channel) if part)
        yield Moment(each.at, "consent", f"Consent to {what} {each.state}")


def _conflicts(left: Collection[int], right: Collection[int]) -> Iterator[str]:
    """Yield a sentence for each purpose of which the two said different things."""
    one, other = (
        {each.purpose: each.is_granted for each in golden.of_records(of).consents}
        for of in (left, right)
    )
    for purpose in sorted(one.keys() & other.keys()):
        if one[purpose] != other[purpose]:
            yes, no = ("left", "right") if one[purpose] else ("right", "left")
            yield f"{purpose}: the {yes} one said yes last, the {no} one no."


def _survivors(records: Collection[int], *, may_see: bool) -> Iterator[Survivor]:
    for each in golden.of_records(records).fields:
        value = contacts.shown(each.name, each.value, may_see=may_see)
        yield Survivor(each.label, value, each.why, each.others)


def _effect(pair: MatchCandidate, as_of: datetime | None) -> effects.Effect:
    both = [pair.left_id, pair.right_id]
    people = set(ledger.people_of(record_ids=both, as_of=as_of).values())
    return effects.would(people=people) if len(people) == 2 else effects.NOT_MEASURED
