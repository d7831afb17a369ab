"""One person, in order."""

from datetime import timedelta
from decimal import Decimal

import pytest

from governance.models import SourceStream, Storefront
from identity.models import Link, OrderContext, Person
from measurement.models import (
    Campaign,
    CampaignSend,
    ConsentEvent,
    CustomerRecord,
    Event,
    KeptFile,
    LifecycleStage,
    Order,
    SyncRun,
)
from reporting import timeline
from tests import make
from tests.reporting import shops

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> Person:
    """A person with an order, a visit, a refund, a send, a stage and a consent."""
    shops.write(
        shops.drawn("""
        buyer | on         | via   | lines | refunds
        ------+------------+-------+-------+--------
        ada   | 2026-01-05 | email | 10 5  | 2
    """)
    )
    OrderContext.objects.update(stage="lead", segment="loyal", has_email_consent=True)
    record, order = CustomerRecord.objects.get(), Order.objects.get()
    campaign = Campaign.objects.create(
        system=order.system, source_id="18", name="Spring", kind="mail", run=1
    )
    CampaignSend.objects.create(
        campaign=campaign, customer=record, sent_at=make.moment("2026-01-02"), run=1
    )
    LifecycleStage.objects.create(
        customer=record,
        started_at=make.moment("2026-01-01"),
        stage="lead",
        segment="loyal",
        run=1,
    )
    ConsentEvent.objects.create(
        customer=record,
        purpose="newsletter",
        channel="email",
        state="granted",
        at=make.moment("2026-01-03"),
        run=1,
    )
    return Person.objects.get()


def test_everything_stands_in_its_order_with_what_it_was(ada):
    told = [
        (moment.kind, moment.title, moment.detail, moment.amount)
        for moment in timeline.of(ada)
    ]

    order = Order.objects.get().source_id
    assert told == [
        ("stage", "Became lead", "segment loyal", None),
        ("send", "Campaign Spring reached them", "mail", None),
        ("consent", "Consent granted", "newsletter · email", None),
        ("touch", "Visit by E-mail", "klaviyo / email", None),
        (
            "order",
            f"Order {order}",
            "2 lines · paid · stage lead · segment loyal · with e-mail consent",
            Decimal(15),
        ),
        ("refund", f"Refund of order {order}", "", Decimal(-2)),
    ]


def test_a_moment_says_when_in_which_money_and_from_where(ada):
    order = next(one for one in timeline.of(ada) if one.kind == "order")

    kept = Order.objects.get()
    assert (order.at, order.currency, order.system, order.run_id) == (
        kept.placed_at,
        "USD",
        kept.system.name,
        kept.run,
    )


def test_a_send_without_a_moment_stands_last(ada):
    CampaignSend.objects.update(sent_at=None)

    assert [moment.at is None for moment in timeline.of(ada)] == [False] * 5 + [True]


def test_what_somebody_else_did_is_not_shown(ada):
    shops.write(
        shops.drawn("""
        buyer | on         | via
        ------+------------+------
        bo    | 2026-01-05 | email
    """)
    )

    assert len(timeline.of(ada)) == 6


def test_a_guests_visit_known_by_the_order_alone_is_theirs(ada):
    Event.objects.update(customer=None, order=Order.objects.get())

    assert "touch" in [moment.kind for moment in timeline.of(ada)]


def test_an_event_without_tags_that_is_no_visit_is_told_as_what_it_is(ada):
    Event.objects.update(kind="coupon_redeemed", utm_source="", utm_medium="")

    told = [(moment.kind, moment.title) for moment in timeline.of(ada) if moment.at]

    assert ("event", "Coupon redeemed") in told


def test_merges_count_as_of_the_moment_asked_for(ada):
    merged_at = make.moment("2026-06-01")
    kept = Person.objects.create(made_at=merged_at)
    link = Link.objects.get()
    Link.objects.update(ended_at=merged_at)
    Link.objects.create(
        record=link.record, person=kept, started_at=merged_at, reason="steward"
    )

    before = merged_at - timedelta(seconds=1)

    assert [len(timeline.of(one, before)) for one in (ada, kept)] == [6, 0]
    assert [len(timeline.of(one)) for one in (ada, kept)] == [0, 6]


def test_all_of_a_made_up_storefront_is_marked(ada):
    assert {moment.is_generated for moment in timeline.of(ada)} == {False}

    Storefront.objects.update(is_generated=True)

    assert {moment.is_generated for moment in timeline.of(ada)} == {True}


def test_what_came_by_a_made_up_stream_is_marked(ada):
    stream = make.stream()
    SourceStream.objects.update(is_generated=True)
    file = KeptFile.objects.create(
        sha256="0" * 64,
        name="touches",
        size=1,
        path="touches",
        plain_path="touches",
        layout="csv",
        received_at=make.moment("2026-01-01"),
    )
    run = SyncRun.objects.create(
        pk=10**9,
        stream=stream,
        file=file,
        mapping={},
        started_at=make.moment("2026-01-01"),
    )
    Event.objects.update(run=run.pk)

    marked = [moment.kind for moment in timeline.of(ada) if moment.is_generated]

    assert marked == ["touch"]


def test_somebody_with_a_thousand_moments_costs_no_more_queries(
    ada, django_assert_num_queries
):
    record, system = CustomerRecord.objects.get(), Order.objects.get().system
    Event.objects.bulk_create(
        Event(
            system=system,
            message_id=f"more-{nth}",
            kind="visit",
            at=make.moment("2026-02-01"),
            customer=record,
            run=1,
        )
        for nth in range(1_000)
    )

    with django_assert_num_queries(12):
        moments = timeline.of(ada)

    assert len(moments) == 1_006
