"""What the CRM said to the instant, of whose records, and what by hand one would say."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from identity import enrichment
from identity.models import Link, OrderContext
from measurement.models import ConsentEvent, CustomerRecord
from tests import make
from tests.identity.told import tell

pytestmark = pytest.mark.django_db


def test_without_an_order_nothing_is_written(ada):
    assert enrichment.enrich_orders() == enrichment.Enriched(orders=0, written=0)


def test_consent_is_counted_to_the_instant(placed):
    told = placed(
        """
        record | on                       | says      | purpose
        -------+--------------------------+-----------+----------------
        crm    | 2026-01-10T10:00         | granted   | email_marketing
        crm    | 2026-01-10T10:00:00.0001 | withdrawn | email_marketing
        """,
        on="2026-01-10T09:59:59.999999 2026-01-10T10:00 2026-01-10T10:00:00.000099 "
        "2026-01-10T10:00:00.0001",
    )

    assert [consent for _, _, consent in dict(sorted(told.items())).values()] == [
        False,
        True,
        True,
        False,
    ]


def test_at_one_moment_a_yes_and_a_no_are_a_no(placed):
    assert placed(
        """
        record    | on         | says      | purpose
        ----------+------------+-----------+----------------
        crm       | 2026-01-10 | granted   | email_marketing
        crm twice | 2026-01-10 | withdrawn | email_marketing
        """,
        on="2026-01-10",
    ) == {"2026-01-10": ("", "", False)}


def test_what_a_stranger_said_says_nothing_of_ada(placed, ada):
    stranger = make.record(of=ada["crm"].system)
    make.person(stranger)
    tell(
        {"stranger": stranger},
        """
        record   | on         | says    | purpose
        ---------+------------+---------+----------------
        stranger | 2026-01-01 | granted | email_marketing
        stranger | 2026-01-01 | lead    | Couples
        """,
    )

    assert placed("", on="2026-01-15") == {"2026-01-15": ("", "", False)}


def test_a_contact_of_nobody_yet_says_nothing_of_anybody(placed, ada):
    Link.objects.filter(record=ada["crm"]).update(ended_at=make.moment("2025-01-01"))

    assert placed(
        """
        record | on         | says    | purpose
        -------+------------+---------+----------------
        crm    | 2026-01-01 | granted | email_marketing
        crm    | 2026-01-01 | lead    | Couples
        """,
        on="2026-01-15",
    ) == {"2026-01-15": ("", "", False)}


def test_who_joins_later_brings_what_was_said_of_them_before(placed, ada):
    """As placed means as of the moment of the order, by all we know today."""
    newcomer = make.record(of=ada["crm"].system)
    placed("", on="2026-01-15")
    Link.objects.create(
        record=newcomer,
        person=ada["crm"].links.get().person,
        started_at=make.moment("2026-03-01"),
        reason="email",
    )
    tell(
        {"newcomer": newcomer},
        """
        record   | on         | says | segment
        ---------+------------+------+--------
        newcomer | 2026-01-10 | lead | Couples
        """,
    )

    enriched = enrichment.enrich_orders()

    assert enriched.written == 1
    assert list(OrderContext.objects.values_list("stage", "segment")) == [
        ("lead", "Couples")
    ]


def test_a_contact_that_leaves_takes_what_was_said_of_them_along(placed, ada):
    placed(
        """
        record    | on         | says    | purpose
        ----------+------------+---------+----------------
        crm twice | 2026-01-01 | granted | email_marketing
        crm twice | 2026-01-01 | lead    | Couples
        """,
        on="2026-01-15",
    )
    Link.objects.filter(record=ada["crm twice"]).update(person=make.person())

    enrichment.enrich_orders()

    assert list(OrderContext.objects.values_list("stage", "has_email_consent")) == [
        ("", False)
    ]


def test_of_two_contacts_without_history_the_one_changed_last_is_shown(placed, ada):
    for name, segment, changed in (
        ("crm", "Couples", "2026-02-01"),
        ("crm twice", "Seniors", "2026-01-01"),
    ):
        CustomerRecord.objects.filter(pk=ada[name].pk).update(
            segment=segment, source_updated_at=make.moment(changed)
        )

    assert placed("", on="2026-01-15") == {"2026-01-15": ("", "Couples", False)}


def test_a_contact_whose_last_change_nobody_knows_is_shown_last(placed, ada):
    CustomerRecord.objects.filter(pk=ada["crm"].pk).update(segment="Couples")
    CustomerRecord.objects.filter(pk=ada["crm twice"].pk).update(
        segment="Seniors", source_updated_at=make.moment("2020-01-01")
    )

    assert placed("", on="2026-01-15") == {"2026-01-15": ("", "Seniors", False)}


says = st.tuples(
    st.sampled_from(["crm", "crm twice"]),
    st.integers(0, 9),
    st.sampled_from(["granted", "withdrawn"]),
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(says, max_size=8, unique_by=lambda one: one[:2]),
    st.integers(0, 9),
)
def test_consent_is_what_one_would_say_reading_every_answer_by_hand(ada, said, on):
    ConsentEvent.objects.all().delete()
    tell(
        ada,
        "record|on|says|purpose\n-\n"
        + "\n".join(
            f"{name} | 2026-01-{day + 10} | {state} | email_marketing"
            for name, day, state in said
        ),
    )
    order = make.order(ada["shop"], make.moment(f"2026-01-{on + 10}"))

    enrichment.enrich_orders()

    last: dict[str, str] = {}
    for name, day, state in sorted(said, key=lambda one: one[1]):
        if day <= on:
            last[name] = state
    by_hand = bool(last) and set(last.values()) == {"granted"}
    assert OrderContext.objects.get(order=order).has_email_consent is by_hand
