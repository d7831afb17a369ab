"""Why a number moved: each cause by name, and all of them together the whole way."""

from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from identity.models import Link, Person
from measurement.models import Event, Order, OrderLine, Refund
from reporting import moving
from reporting.models import Build, Movement, Reading
from tests import make
from tests.reporting import builds, shops

pytestmark = pytest.mark.django_db
LATER = builds.NOW + timedelta(days=1)
MORE = shops.Sale(
    "ada", make.moment("2026-03-20"), lines=(20_000_000,), id="a late one"
)


@pytest.fixture
def shop(however_few):
    return shops.write(
        shops.drawn("""
        buyer | on         | lines | via
        ------+------------+-------+-------
        ada   | 2026-01-05 | 10    | email
        bo    | 2026-02-05 | 30    |
        ada   | 2026-03-31 | 50    |
    """)
    )


@pytest.fixture
def before(shop) -> Build:
    return builds.published()


def moved(metric: str, **place: str) -> dict[str, Decimal]:
    """Return by how much each cause moved the number since the build before."""
    build = builds.published(at=LATER)
    if build == Build.objects.order_by("pk")[0]:
        return {}
    moving.measure(build_id=build.pk)
    found = Movement.objects.filter(
        build=build, metric=metric, dimensions=place
    ).first()
    if found is None:
        return {}
    steps = [
        found.before,
        *(None if one is None else Decimal(one) for one in found.steps),
    ]
    return {
        cause.value: (new or Decimal(0)) - (old or Decimal(0))
        for cause, (old, new) in zip(Movement.Cause, pairwise(steps), strict=True)
        if new != old
    }


def sell(sale: shops.Sale) -> None:
    ada = Order.objects.order_by("placed_on")[0].customer
    added = make.order(ada, sale.at, source_id=sale.id)
    Order.objects.filter(pk=added.pk).update(run=make.number())
    OrderLine.objects.create(
        order=added, source_id="1", kind="sale", quantity=1, run=make.number(),
        **dict.fromkeys(
            ("amount", "amount_shop", "amount_reporting"), shops.units(sale.lines[0])
        ),
    )  # fmt: skip


def test_nothing_moved_where_nothing_happened(before):
    assert moved("revenue") == {}


def test_an_order_after_the_last_known_one_is_new(before):
    sell(shops.Sale("ada", make.moment("2026-04-02"), lines=(20_000_000,)))

    assert moved("revenue") == {"new": 20}


def test_an_order_before_it_is_late(before):
    sell(MORE)

    assert moved("revenue") == {"late": 20}


def test_a_refund_of_an_order_known_is_a_refund(before):
    order = Order.objects.get(placed_on="2026-02-05")
    Refund.objects.create(
        system=order.system, source_id="r", order=order, refunded_at=builds.NOW,
        refunded_offset=0, refunded_on="2026-03-01", amount=5, currency="USD",
        amount_shop=5, amount_reporting=5, run=make.number(),
    )  # fmt: skip

    assert moved("revenue") == {"refunds": -5}


def test_an_order_that_was_cancelled_is_a_changed_one(before):
    Order.objects.filter(placed_on="2026-02-05").update(
        status="cancelled", run=make.number()
    )

    assert moved("orders") == {"changed": -1}


def test_two_who_turn_out_to_be_one_are_who_is_who(before):
    one, other = Person.objects.order_by("pk")
    Link.objects.filter(person=other).update(ended_at=LATER)
    record = Link.objects.get(person=other).record
    Link.objects.create(record=record, person=one, started_at=LATER, reason="steward")

    assert moved("customers") == {"people": -1}


def test_a_visit_that_is_told_late_moves_the_channel_and_not_the_total(before):
    bo = Order.objects.get(placed_on="2026-02-05")
    Event.objects.create(
        system=bo.system, message_id="late", kind="visit", at=bo.placed_at,
        customer=bo.customer, utm_source="google", utm_medium="cpc", run=make.number(),
    )  # fmt: skip

    assert moved("revenue") == {}
    build = Build.objects.get(state="published")
    channels = {
        row.dimensions["channel"]: [row.before and f"{row.before}", row.steps[-1]]
        for row in Movement.objects.filter(build=build, metric="revenue")
    }
    assert channels == {
        "paid_search": [None, "30.00000000"],
        "unattributed": ["30.00000000", None],
    }


def test_all_causes_lead_from_what_was_published_to_what_is(before):
    sell(MORE)
    sell(shops.Sale("ada", make.moment("2026-05-02"), lines=(7_000_000,)))
    Order.objects.filter(placed_on="2026-01-05").update(
        status="cancelled", run=make.number()
    )

    build = builds.published(at=LATER)
    moving.measure(build_id=build.pk)

    told = {
        (one.metric, tuple(sorted(one.dimensions.items()))): one
        for one in Movement.objects.filter(build=build)
    }
    was, becomes = (
        {
            (one.metric, tuple(sorted(one.dimensions.items()))): one.value
            for one in Reading.objects.filter(build=each)
        }
        for each in (before, build)
    )
    assert {
        place for place in {**was, **becomes} if was.get(place) != becomes.get(place)
    } <= set(told)
    assert {
        place: (one.before, one.steps[-1] and Decimal(one.steps[-1]))
        for place, one in told.items()
    } == {place: (was.get(place), becomes.get(place)) for place in told}


def test_what_is_gone_is_said_in_words(before):
    sell(MORE)
    build = builds.published(at=LATER)
    Build.objects.filter(pk=before.pk).update(inputs={})

    with pytest.raises(moving.CannotExplain, match="are gone: two snapshots are kept"):
        moving.measure(build_id=build.pk)
