"""What a merge does to published numbers: roughly at once, exactly once a worker has looked.

Answers ``identity.effects``; pages read it, so nothing here computes.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from governance import later
from governance.models import Storefront, User
from identity.effects import NOT_MEASURED, Effect, EffectsError, Moved, State
from identity.models import IdentityEvent
from reporting.models import Build, Buyer, Reading, Restatement, Restating
from reporting.tables import figures

TASK = "reporting.restate"
# As many as anybody reads of one merge; the rest is counted.
SHOWN = 40
# What is looked at first.
_FIRST = ("customers", "ltv", "repeat", "revenue", "orders", "average", "cohort")
_STATES = {
    Restating.State.ASKED: State.ASKED,
    Restating.State.MEASURED: State.MEASURED,
    Restating.State.FAILED: State.FAILED,
}


class Merges:
    """Tells what merges do to the published numbers, and what they would."""

    def would(self, *, people: Collection[int]) -> Effect:
        """Return what joining the people would do, exactly where that was measured."""
        build = _published()
        if build is None:
            return NOT_MEASURED
        asked = Restating.objects.filter(
            of=Restating.Of.MERGE, people=sorted(set(people)), build_after=build
        ).first()
        if asked is None or asked.state == Restating.State.ASKED:
            state = State.ROUGH if asked is None else State.ASKED
            return _rough(build, people, state)
        return _told([asked])[asked.pk]

    def did(self, *, events: Iterable[IdentityEvent]) -> dict[int, Effect]:
        """Return what the newest measuring of each event says, by the event's number."""
        newest: dict[int, Restating] = {}
        asked = Restating.objects.filter(event__in=list(events))
        for each in asked.order_by("asked_at", "pk"):
            assert each.event_id is not None
            newest[each.event_id] = each
        told = _told(list(newest.values()))
        return {event: told[each.pk] for event, each in newest.items()}

    def ask_would(self, *, people: Collection[int], by: User, at: datetime) -> None:
        """Have a worker compute every number with the people as one."""
        chosen = sorted(set(people))
        if len(chosen) < 2:
            raise EffectsError("Name two people who differ: one alone joins nobody.")
        _ask(of=Restating.Of.MERGE, people=chosen, by=by, at=at)

    def ask_did(self, *, event: IdentityEvent, by: User, at: datetime) -> None:
        """Have a worker compute every number without what the event did."""
        if event.kind not in IdentityEvent.OF_TWO:
            raise EffectsError(f"{event} moved no record from one person to another.")
        _ask(of=Restating.Of.EVENT, event=event, by=by, at=at)


def ask_night(*, build: Build, at: datetime) -> Restating | None:
    """Have a worker measure what changed of who is who since the build before this one.

    Nothing is asked where that is nothing, or where nothing had been published.
    """
    earlier = Build.objects.filter(published_at__lt=build.published_at)
    before = earlier.order_by("-published_at").first()
    if before is None or not _has_changed(before, build):
        return None
    restating, is_new = Restating.objects.get_or_create(
        of=Restating.Of.NIGHT,
        build_after=build,
        defaults={"build_before": before, "asked_at": at},
    )
    if is_new:
        later.ask(TASK, restating_id=restating.pk)
    return restating


def of_build(build: Build) -> Effect:
    """Return what who is who alone moved when the build was published."""
    restating = Restating.objects.filter(
        of=Restating.Of.NIGHT, build_after=build
    ).first()
    return _told([restating])[restating.pk] if restating else NOT_MEASURED


def _has_changed(before: Build, after: Build) -> bool:
    return IdentityEvent.objects.filter(
        kind__in=IdentityEvent.OF_TWO,
        at__gt=before.identity_moment,
        at__lte=after.identity_moment,
    ).exists()


def _published() -> Build | None:
    return Build.objects.filter(state=Build.State.PUBLISHED).first()


def _ask(
    *,
    of: str,
    by: User,
    at: datetime,
    people: Sequence[int] = (),
    event: IdentityEvent | None = None,
) -> None:
    build = _published()
    if build is None:
        raise EffectsError("Nothing is published yet: there is no number to move.")
    restating, is_new = Restating.objects.get_or_create(
        of=of,
        event=event,
        people=list(people),
        build_after=build,
        defaults={"asked_by": by, "asked_at": at},
    )
    if not is_new and restating.state == Restating.State.FAILED:
        restating.state, restating.message = Restating.State.ASKED, ""
        restating.asked_by, restating.asked_at = by, at
        restating.save()
        is_new = True
    if is_new:
        later.ask(TASK, restating_id=restating.pk)


def _told(asked: Sequence[Restating]) -> dict[int, Effect]:
    """Return what each measuring says: the numbers most looked at first, totals first."""
    rows: dict[int, list[Restatement]] = defaultdict(list)
    found = Restatement.objects.filter(restating__in=asked).select_related("storefront")
    for row in found.order_by("storefront__is_generated", "storefront__key", "pk"):
        rows[row.restating_id].append(row)
    return {
        each.pk: Effect(
            state=_STATES[Restating.State(each.state)],
            moved=[_moved(row) for row in sorted(rows[each.pk], key=_order)[:SHOWN]],
            moved_in_all=len(rows[each.pk]),
            looked_at=each.looked_at,
            sentences=[each.message] if each.message else [],
            measured_at=each.measured_at,
        )
        for each in asked
    }


def _order(row: Restatement) -> tuple[bool, int, str, str]:
    first = next((n for n, key in enumerate(_FIRST) if row.metric.startswith(key)), 99)
    return (
        bool(row.dimensions),
        first,
        row.metric,
        str(sorted(row.dimensions.items())),
    )


def _moved(row: Restatement) -> Moved:
    currency = row.storefront.currency
    return Moved(
        what=row.metric,
        where=figures.place(row.storefront.name, row.dimensions.items()),
        before=figures.said(row.metric, row.before, currency),
        after=figures.said(row.metric, row.after, currency),
        n_before=row.n_before,
        n_after=row.n_after,
        is_total=not row.dimensions,
    )


def _rough(build: Build, people: Collection[int], state: State) -> Effect:
    """Return what follows from the published rows of the people alone."""
    buyers: dict[Storefront, list[Buyer]] = defaultdict(list)
    found = Buyer.objects.filter(build=build, person__in=list(people))
    for buyer in found.select_related("storefront", "channel").order_by(
        "storefront", "first_order_on", "pk"
    ):
        buyers[buyer.storefront].append(buyer)
    moved: list[Moved] = []
    sentences: list[str] = []
    for storefront, theirs in buyers.items():
        if len(theirs) > 1:
            moved += _rough_numbers(build, storefront, theirs)
            sentences += _in_words(storefront, theirs)
    if not moved:
        sentences = ["They did not both buy at one shop: no published number moves."]
    return Effect(state, moved, len(moved), len(moved), sentences)


def _rough_numbers(
    build: Build, storefront: Storefront, theirs: Sequence[Buyer]
) -> Iterator[Moved]:
    """Yield how many customers there are, and what each brought, before and after."""
    people, money = _published_sales(build, storefront)
    kept = theirs[0].channel.key
    after_people, after_money = Counter(people), dict(money)
    for buyer in theirs[1:]:
        for channel in {"", buyer.channel.key} & set(people):
            after_people[channel] -= 1
        for channel, sign in ((buyer.channel.key, -1), (kept, 1)):
            if channel in after_money:
                after_money[channel] += sign * buyer.revenue
    for channel in sorted({"", *(each.channel.key for each in theirs)} & set(people)):
        before, after = people[channel], after_people[channel]
        where = figures.place(
            storefront.name, [("channel", channel)] if channel else []
        )
        if before != after:
            yield Moved(
                "customers", where, f"{before:,}", f"{after:,}", before, after,
                is_total=not channel,
            )  # fmt: skip
        brought = (
            _each(money.get(channel), before, storefront.currency),
            _each(after_money.get(channel), after, storefront.currency),
        )
        if brought[0] != brought[1]:
            yield Moved(
                "LTV so far", where, *brought, before, after, is_total=not channel
            )


def _published_sales(
    build: Build, storefront: Storefront
) -> tuple[Counter[str], Mapping[str, Decimal]]:
    people: Counter[str] = Counter()
    money: dict[str, Decimal] = {}
    for reading in Reading.objects.filter(
        build=build,
        storefront=storefront,
        metric__in=["customers", "revenue"],
        value__isnull=False,
    ):
        assert reading.value is not None
        channel = reading.dimensions.get("channel", "")
        if reading.metric == "customers":
            people[channel] = int(reading.value)
        else:
            money[channel] = reading.value
    return people, money


def _in_words(storefront: Storefront, theirs: Sequence[Buyer]) -> Iterator[str]:
    orders = sum(buyer.orders for buyer in theirs)
    brought = figures.cents(
        sum((buyer.revenue for buyer in theirs), Decimal(0)), storefront.currency
    )
    yield (
        f"{storefront.name}: {len(theirs)} buyers become one, with {orders:,} orders and "
        f"{brought}, known from {theirs[0].channel.name}."
    )
    new = sum(buyer.orders == 1 for buyer in theirs)
    if new == len(theirs):
        days = (theirs[1].first_order_on - theirs[0].first_order_on).days
        yield f"{storefront.name}: none of them came back; together they did, after {days} days."


def _each(money: Decimal | None, people: int, currency: str) -> str | None:
    return (
        None if money is None or not people else figures.cents(money / people, currency)
    )
