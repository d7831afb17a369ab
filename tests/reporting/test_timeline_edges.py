"""One person's moments where several meet, none is known, or somebody says too much."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from identity.models import OrderContext, Person
from measurement.models import (
    Campaign,
    CampaignSend,
    ConsentEvent,
    CustomerRecord,
    Event,
    LifecycleStage,
    OrderLine,
    Refund,
)
from reporting import timeline
from reporting.timeline import Moment
from tests import make, published

pytestmark = pytest.mark.django_db

AT = make.moment("2026-01-05T10:00")


@pytest.fixture
def till():
    return make.system("till", of=make.storefront("shore", currency="EUR"))


@pytest.fixture
def record(till) -> CustomerRecord:
    return make.record("Ada Dorn", of=till)


@pytest.fixture
def ada(record) -> Person:
    return published.person(record)


def event(record: CustomerRecord, **fields: object) -> Event:
    return Event.objects.create(
        system=record.system, message_id=f"{make.number()}", customer=record, run=1,
        **{"at": AT, "kind": "visit", **fields},
    )  # fmt: skip


def line(order, amount: str, *, in_shop: str = "") -> OrderLine:
    return OrderLine.objects.create(
        order=order, source_id=f"{make.number()}", kind="sale", quantity=1,
        amount=Decimal(amount), amount_shop=Decimal(in_shop or amount),
        amount_reporting=Decimal(amount), run=1,
    )  # fmt: skip


def refund(order, amount: str, *, at=AT, reason: str = "") -> Refund:
    return Refund.objects.create(
        system=order.system, source_id=f"{make.number()}", order=order, refunded_at=at,
        refunded_offset=0, refunded_on=at.date(), amount=Decimal(amount),
        currency="USD", amount_shop=Decimal(amount), amount_reporting=Decimal(amount),
        reason=reason, run=1,
    )  # fmt: skip


def told(person: Person, *columns: str) -> list[tuple[object, ...]]:
    return [
        tuple(getattr(moment, column) for column in columns)
        for moment in timeline.of(person)
    ]


def test_nobody_has_no_moments_and_costs_no_search():
    assert timeline.of(Person.objects.create(made_at=AT)) == []


def test_what_leads_to_what_stands_before_it_at_the_same_moment(ada, record, till):
    order = make.order(record, AT)
    refund(order, "1")
    event(record, kind="page_view")
    ConsentEvent.objects.create(
        customer=record, purpose="news", state="withdrawn", at=AT, run=1
    )
    LifecycleStage.objects.create(customer=record, started_at=AT, stage="lead", run=1)
    campaign = Campaign.objects.create(system=till, source_id="8", run=1)
    CampaignSend.objects.create(campaign=campaign, customer=record, sent_at=AT, run=1)
    event(record)

    assert told(ada, "kind") == [
        ("touch",), ("send",), ("stage",), ("consent",), ("event",), ("order",),
        ("refund",),
    ]  # fmt: skip


def test_moments_that_differ_in_nothing_else_stand_by_their_titles(ada, record):
    for number in ("b", "c", "a"):
        make.order(record, AT, source_id=number)

    assert told(ada, "title") == [("Order a",), ("Order b",), ("Order c",)]


def test_an_order_without_lines_took_nothing(ada, record):
    make.order(record, AT)

    assert told(ada, "detail", "amount", "currency") == [
        ("0 lines · paid", Decimal(0), "EUR")
    ]


def test_an_order_in_another_currency_is_told_in_the_shops(ada, record):
    order = make.order(record, AT)
    line(order, "100", in_shop="92.5")

    assert told(ada, "detail", "amount", "currency") == [
        ("1 line · paid", Decimal("92.5"), "EUR")
    ]


@pytest.mark.parametrize("status", ["cancelled", "test", "credit"])
def test_what_is_no_purchase_happened_all_the_same_and_says_what_it_is(
    ada, record, status
):
    line(make.order(record, AT, status=status), "-5")

    assert told(ada, "detail", "amount") == [(f"1 line · {status}", Decimal(-5))]


@pytest.mark.parametrize(
    ("context", "detail"),
    [
        ({}, "0 lines · paid · without e-mail consent"),
        (
            {"stage": "customer", "has_email_consent": True},
            "0 lines · paid · stage customer · with e-mail consent",
        ),
        (
            {"segment": "loyal"},
            "0 lines · paid · segment loyal · without e-mail consent",
        ),
    ],
)
def test_what_the_crm_said_at_the_order_is_told_as_far_as_it_goes(
    ada, record, context, detail
):
    OrderContext.objects.create(order=make.order(record, AT), **context)

    assert told(ada, "detail") == [(detail,)]


def test_several_refunds_of_an_order_are_told_one_by_one(ada, record):
    order = make.order(record, AT, source_id="7")
    refund(order, "4", at=AT + timedelta(days=2), reason="Broken")
    refund(order, "2.5", at=AT + timedelta(days=1))

    assert told(ada, "title", "detail", "amount")[1:] == [
        ("Refund of order 7", "", Decimal("-2.5")),
        ("Refund of order 7", "Broken", Decimal(-4)),
    ]


def test_a_visit_of_somebody_else_that_led_to_the_order_is_the_others(
    ada, record, till
):
    other = make.record("Bo Frost", of=till)
    order = make.order(record, AT)
    event(other, order=order)

    assert told(ada, "kind") == [("order",)]
    assert told(published.person(other), "kind") == [("touch",)]


@pytest.mark.parametrize(
    ("fields", "kind", "title"),
    [
        ({"kind": "visit"}, "touch", "Visit by Direct"),
        ({"kind": "click"}, "touch", "Visit by Direct"),
        ({"kind": "page_view"}, "event", "Page view"),
        ({"kind": "page_view", "utm_medium": "email"}, "touch", "Visit by E-mail"),
        ({"kind": "visit", "utm_source": "a leaflet"}, "touch", "Visit by Other"),
    ],
)
def test_a_touch_is_a_visit_or_whatever_carries_a_tag(ada, record, fields, kind, title):
    event(record, **fields)

    assert told(ada, "kind", "title") == [(kind, title)]


@pytest.mark.parametrize(
    ("page", "detail"),
    [
        ("/shoes?email=ada@example.com&token=s3cret", "/shoes"),
        ("https://shore.example/#ada@example.com", "https://shore.example/"),
        ("?email=ada@example.com", ""),
        ("/shoes", "/shoes"),
    ],
)
def test_a_landing_page_is_told_without_what_follows_its_path(
    ada, record, page, detail
):
    # Mails put addresses and keys there, and every reader sees a timeline.
    event(record, landing_page=page)

    assert told(ada, "detail") == [(detail,)]


def test_a_person_of_several_records_is_told_once_and_in_one_order(record, till):
    crm = make.system("crm", of=till.storefront, kind="crm")
    other = make.record("A. Dorn", of=crm)
    ada = published.person(record, other)
    make.order(record, AT)
    LifecycleStage.objects.create(
        customer=other, started_at=AT - timedelta(days=1), stage="lead", run=1
    )
    make.order(other, AT + timedelta(days=1))

    assert told(ada, "kind", "system") == [
        ("stage", "Crm"),
        ("order", "Till"),
        ("order", "Crm"),
    ]


def test_moments_long_ago_and_far_ahead_keep_their_order(ada, record):
    for year in ("9990", "0990", "1969", "1970"):
        make.order(record, make.moment(f"{year}-06-01"), source_id=year)

    assert told(ada, "title") == [
        ("Order 0990",), ("Order 1969",), ("Order 1970",), ("Order 9990",),
    ]  # fmt: skip


def test_a_moment_without_a_date_is_said_to_have_none_on_the_page(till, record, ada):
    published.build()
    campaign = Campaign.objects.create(system=till, source_id="8", name="Spring", run=1)
    CampaignSend.objects.create(campaign=campaign, customer=record, run=1)
    reader = Client()
    reader.force_login(make.user())

    page = reader.get(f"/people/{ada.public_id}/")

    assert [
        (month.name, [(row.day, row.time, row.amount) for row in month.rows])
        for month in page.context["months"]
    ] == [("Without a date", [("", "", "")])]
    assert '<span class="moment-at">no date</span>' in page.text


def test_moments_are_leafed_through_a_hundred_at_a_time(ada, record):
    published.build()
    for number in range(101):
        make.order(record, AT + timedelta(hours=number), source_id=f"{number}")
    reader = Client()
    reader.force_login(make.user())

    first, last = (
        reader.get(f"/people/{ada.public_id}/?page={page}") for page in (1, 2)
    )

    titles: list[list[Moment]] = [
        [row.moment.title for month in page.context["months"] for row in month.rows]
        for page in (first, last)
    ]
    assert (titles[0][0], len(titles[0]), titles[1]) == ("Order 100", 100, ["Order 0"])
    assert (
        'class="timeline-end"' in first.text,
        'class="timeline-end"' in last.text,
    ) == (
        False,
        True,
    )
