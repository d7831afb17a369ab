"""What stands against publishing: each rule with nothing, with one and with several."""

from decimal import Decimal

import pytest

from identity.models import Link
from measurement.models import Order, OrderLine
from reporting import checks
from reporting.models import Build, Buyer, Reading
from tests import make
from tests.published import AT, build, buyer, person, reading, record

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return make.system("till", of=make.storefront("corner"))


@pytest.fixture
def sound(shop) -> Build:
    """A build that passes: one buyer by mail who spent ten, and a sale of nobody."""
    made = build(state=Build.State.COMPUTED)
    made.inputs = {"storefronts": {"corner": {"nobodys_revenue": "2.50000000"}}}
    made.save()
    for metric, whole, by_mail, of_nobody in (
        ("customers", "1", "1", "0"),
        ("orders", "3", "2", "1"),
        ("revenue", "12.5", "10", "2.5"),
    ):
        reading(metric, whole, of=shop.storefront, by=made)
        for channel, value in (("email", by_mail), ("unattributed", of_nobody)):
            reading(metric, value, of=shop.storefront, by=made, channel=channel)
    buyer(person(record(of=shop)), of=shop.storefront, by=made, revenue="10")
    return made


def a_reading(made: Build, metric: str, **dimensions: str):
    return Reading.objects.filter(build=made, metric=metric, dimensions=dimensions)


def test_a_sound_build_has_nothing_against_it(sound):
    assert checks.broken(sound) == []


def test_an_empty_build_has_nothing_against_it():
    assert checks.broken(build(state=Build.State.COMPUTED)) == []


@pytest.mark.parametrize("metric", ["orders", "revenue"])
def test_a_millionth_of_a_millionth_is_seen(sound, metric):
    for one in a_reading(sound, metric):
        one.value += Decimal("0.00000001")
        one.save()

    assert f"in {metric}, the storefront has " in checks.broken(sound)[0]


def test_a_total_without_channels_does_not_add_up(sound):
    a_reading(sound, "orders", channel="email").delete()
    a_reading(sound, "orders", channel="unattributed").delete()

    assert checks.broken(sound) == [
        "The channels of corner sum to 0 in orders, the storefront has 3."
    ]


def test_channels_without_a_total_do_not_add_up(sound):
    a_reading(sound, "orders").delete()

    assert checks.broken(sound) == [
        "The channels of corner sum to 3 in orders, the storefront has 0."
    ]


def test_shops_are_added_up_apart(sound):
    # What one has too much, the other has too little: together they would tie.
    other = make.storefront("aisle")
    reading("orders", "2", of=other, by=sound)
    reading("orders", "3", of=other, by=sound, channel="email")
    a_reading(sound, "orders", channel="email").filter(storefront__key="corner").update(
        value=1
    )

    assert checks.broken(sound) == [
        "The channels of aisle sum to 3 in orders, the storefront has 2.",
        "The channels of corner sum to 2 in orders, the storefront has 3.",
    ]


def test_large_amounts_are_written_in_full(sound):
    a_reading(sound, "revenue", channel="email").update(value="1230000000000")

    assert checks.broken(sound)[0] == (
        "The channels of corner sum to 1230000000002.5 in revenue, the storefront has "
        "12.5."
    )


def test_a_buyer_of_a_channel_without_a_reading_is_one_too_many(sound, shop):
    somebody = person(record(of=shop))
    buyer(somebody, of=shop.storefront, by=sound, revenue="0", channel="direct")

    assert checks.broken(sound) == [
        "The readings count 0 buyers of corner by direct, 1 can be looked into."
    ]


def test_the_buyers_of_another_build_are_not_counted(sound, shop):
    another = build(state=Build.State.SUPERSEDED)
    buyer(person(record(of=shop)), of=shop.storefront, by=another, revenue="99")

    assert checks.broken(sound) == []


def test_money_of_nobody_that_is_missing_is_missed(sound):
    sound.inputs["storefronts"]["corner"]["nobodys_revenue"] = "0.00000000"

    assert checks.broken(sound) == [
        "Buyers of corner spent 10 and unknown ones 0; the storefront's revenue is 12.5."
    ]


def test_a_shop_where_nobody_is_known_ties_without_buyers(sound):
    Buyer.objects.all().delete()
    a_reading(sound, "customers").update(value=0)
    a_reading(sound, "customers", channel="email").update(value=0)
    sound.inputs["storefronts"]["corner"]["nobodys_revenue"] = "12.50000000"

    assert checks.broken(sound) == []


def test_a_shop_renamed_between_computing_and_publishing_is_said_in_words(sound, shop):
    shop.storefront.key = "square"
    shop.storefront.save()

    assert checks.broken(sound) == [
        "Buyers of square spent 10 and unknown ones 0; the storefront's revenue is 12.5."
    ]


def test_every_shop_that_fell_silent_is_named(sound):
    up = build()
    for key in ("harbour", "aisle"):
        reading("customers", 1, of=make.storefront(key), by=up)

    assert checks.broken(sound) == [
        f"There is no reading of {key}, and the published build has some."
        for key in ("aisle", "harbour")
    ]


def test_a_shop_that_begins_to_speak_is_no_fault(sound):
    build()

    assert checks.broken(sound) == []


@pytest.mark.parametrize(
    ("ended_at", "doubled"),
    [("2026-03-02T03:00", 0), ("2026-03-02T03:01", 1), (None, 1)],
)
def test_a_link_counts_until_the_moment_it_ends(sound, ended_at, doubled):
    link = Link.objects.get()
    ends = make.moment(ended_at) if ended_at else None
    # Only one link of a record may be open: the other begins later and is closed.
    Link.objects.filter(pk=link.pk).update(ended_at=make.moment("2030-01-01"))
    Link.objects.create(
        record=link.record, person=make.person(), started_at=make.moment("2025-01-01"),
        ended_at=ends, reason="steward",
    )  # fmt: skip

    said = [one for one in checks.broken(sound) if one.endswith("UTC.")]

    assert len(said) == doubled
    assert sound.identity_moment == AT


def test_a_link_that_begins_at_the_moment_counts(sound):
    link = Link.objects.get()
    Link.objects.create(
        record=link.record, person=make.person(), started_at=AT,
        ended_at=make.moment("2030-01-01"), reason="steward",
    )  # fmt: skip

    assert (
        "1 customer records belonged to two people at once at 2026-03-02 03:00 UTC."
        in checks.broken(sound)
    )


def test_every_kind_of_row_that_leads_nowhere_is_counted(sound, shop):
    order = make.order(record(of=shop), make.moment("2026-01-05"))
    OrderLine.objects.create(
        order=order, source_id="1", kind="sale", quantity=1, amount=1, amount_shop=1,
        amount_reporting=1, run=1,
    )  # fmt: skip
    before = checks.broken(sound)
    OrderLine.objects.update(order=10**9)
    Order.objects.update(customer=10**9)

    said = checks.broken(sound)

    assert before == []
    assert sorted(said) == [
        "In 1 rows of order lines the order they name is not there.",
        "In 1 rows of orders the customer they name is not there.",
    ]
