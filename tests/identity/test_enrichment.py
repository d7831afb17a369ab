"""What the CRM said of whoever placed an order, when they placed it."""

import pytest

from identity import enrichment
from identity.models import Link, OrderContext
from measurement.models import CustomerRecord, Order
from tests import make
from tests.identity.told import tell

pytestmark = pytest.mark.django_db


def test_an_order_has_the_stage_and_segment_of_its_day(placed):
    assert placed(
        """
        record | on         | says   | segment
        -------+------------+--------+--------
        crm    | 2026-01-10 | lead   | Couples
        crm    | 2026-02-10 | active | Families
        """,
        on="2026-01-09 2026-01-10 2026-02-09T23:59 2026-02-10",
    ) == {
        "2026-01-09": ("", "", False),
        "2026-01-10": ("lead", "Couples", False),
        "2026-02-09T23:59": ("lead", "Couples", False),
        "2026-02-10": ("active", "Families", False),
    }


def test_the_latest_entry_of_any_record_of_the_person_counts(placed):
    assert placed(
        """
        record    | on         | says   | segment
        ----------+------------+--------+--------
        crm       | 2026-01-10 | lead   | Couples
        crm twice | 2026-01-20 | active | Families
        crm       | 2026-01-30 | lapsed | Seniors
        """,
        on="2026-01-15 2026-01-25 2026-02-05",
    ) == {
        "2026-01-15": ("lead", "Couples", False),
        "2026-01-25": ("active", "Families", False),
        "2026-02-05": ("lapsed", "Seniors", False),
    }


def test_of_two_entries_of_one_moment_the_first_contact_counts(placed):
    assert placed(
        """
        record    | on         | says   | segment
        ----------+------------+--------+--------
        crm twice | 2026-01-10 | active | Families
        crm       | 2026-01-10 | lead   | Couples
        """,
        on="2026-01-15",
    ) == {"2026-01-15": ("lead", "Couples", False)}


def test_without_any_history_the_segment_is_the_one_the_crm_shows(placed, ada):
    CustomerRecord.objects.filter(pk=ada["crm"].pk).update(segment="Seniors")

    assert placed("", on="2026-01-15") == {"2026-01-15": ("", "Seniors", False)}


def test_a_segment_shown_today_says_nothing_of_a_day_before_the_history(placed, ada):
    CustomerRecord.objects.filter(pk=ada["crm"].pk).update(segment="Seniors")

    assert placed(
        """
        record | on         | says   | segment
        -------+------------+--------+--------
        crm    | 2026-01-10 | lead   | Couples
        """,
        on="2026-01-09",
    ) == {"2026-01-09": ("", "", False)}


def test_a_segment_the_shop_shows_is_not_the_crms(placed, ada):
    CustomerRecord.objects.filter(pk=ada["shop"].pk).update(segment="Seniors")

    assert placed("", on="2026-01-15") == {"2026-01-15": ("", "", False)}


def test_consent_holds_from_the_moment_it_was_granted_until_it_was_withdrawn(placed):
    told = placed(
        """
        record | on         | says      | purpose
        -------+------------+-----------+----------------
        crm    | 2026-01-10 | granted   | email_marketing
        crm    | 2026-02-10 | withdrawn | email_marketing
        crm    | 2026-03-10 | granted   | email_marketing
        """,
        on="2026-01-09 2026-01-10 2026-02-10 2026-03-10",
    )

    assert {on: consent for on, (_, _, consent) in told.items()} == {
        "2026-01-09": False,
        "2026-01-10": True,
        "2026-02-10": False,
        "2026-03-10": True,
    }


def test_between_records_the_stricter_answer_wins(placed):
    told = placed(
        """
        record    | on         | says      | purpose
        ----------+------------+-----------+----------------
        crm       | 2026-01-10 | granted   | email_marketing
        crm twice | 2026-01-20 | withdrawn | email_marketing
        crm       | 2026-01-30 | granted   | email_marketing
        crm twice | 2026-02-20 | granted   | email_marketing
        """,
        on="2026-01-15 2026-01-25 2026-02-05 2026-02-25",
    )

    assert {on: consent for on, (_, _, consent) in told.items()} == {
        "2026-01-15": True,
        "2026-01-25": False,
        "2026-02-05": False,
        "2026-02-25": True,
    }


def test_between_channels_the_stricter_answer_wins(placed):
    assert placed(
        """
        record | on         | says      | purpose
        -------+------------+-----------+----------------
        crm    | 2026-01-10 | granted   | email_marketing web
        crm    | 2026-01-11 | withdrawn | email_marketing shop
        crm    | 2026-01-12 | granted   | email_marketing web
        """,
        on="2026-01-15",
    ) == {"2026-01-15": ("", "", False)}


def test_consent_to_something_else_is_no_consent(placed):
    assert placed(
        """
        record | on         | says    | purpose
        -------+------------+---------+----------
        crm    | 2026-01-10 | granted | analytics
        """,
        on="2026-01-15",
    ) == {"2026-01-15": ("", "", False)}


def test_an_order_of_nobody_has_a_context_that_says_so():
    order = make.order(None, make.moment("2026-01-15"))

    enrichment.enrich_orders()

    assert list(OrderContext.objects.values_list()) == [(order.pk, None, "", "", False)]


def test_doing_it_again_writes_nothing(placed, ada):
    placed(
        """
        record | on         | says    | segment
        -------+------------+---------+--------
        crm    | 2026-01-10 | lead    | Couples
        crm    | 2026-01-10 | granted | email_marketing
        """,
        on="2026-01-09 2026-01-15",
    )
    make.order(None, make.moment("2026-01-15"))
    enrichment.enrich_orders()

    assert enrichment.enrich_orders() == enrichment.Enriched(orders=3, written=0)


def test_only_orders_whose_context_changes_are_written(placed, ada):
    placed("", on="2026-01-09 2026-01-15")
    tell(
        ada,
        """
        record | on         | says | segment
        -------+------------+------+--------
        crm    | 2026-01-10 | lead | Couples
        """,
    )

    assert enrichment.enrich_orders() == enrichment.Enriched(orders=2, written=1)


def test_a_merge_moves_the_orders_to_the_kept_person(placed, ada):
    placed("", on="2026-01-15")
    kept = make.person()
    Link.objects.update(person=kept)

    enriched = enrichment.enrich_orders()

    assert enriched.written == 1
    assert [context.person for context in OrderContext.objects.all()] == [kept]


def test_two_orders_of_one_moment_keep_one_context_each(placed, ada):
    placed("", on="2026-01-15")
    make.order(ada["shop"], make.moment("2026-01-15"))

    enrichment.enrich_orders()

    assert OrderContext.objects.count() == Order.objects.count() == 2
