"""What a calculation says it reads is what its SQL reads."""

import pytest

from governance import calculations
from reporting import lineage
from reporting.metrics import METRICS
from reporting.tables import acquisition
from tests.reporting import traced


@pytest.mark.parametrize("key", sorted(METRICS))
def test_what_is_declared_is_what_the_statements_read(key):
    assert lineage.READS[key] == traced.read_by(METRICS[key])


def test_every_calculation_says_what_it_reads():
    assert set(lineage.READS) == set(METRICS)


def test_a_field_that_only_fills_a_left_join_decides_nothing():
    assert "order_line.amount_shop" in lineage.READS["revenue"]
    assert "order_line.amount_shop" not in traced.read_by(METRICS["customers"])


def test_an_amount_in_the_shops_currency_is_worked_out_from_the_one_paid():
    assert calculations.origins_of("order_line.amount_shop") == {
        "order_line.amount",
        "order.shop_rate",
        "order.currency",
        "order.placed_on",
        "order.placed_at",
    }


def test_what_a_source_says_is_worked_out_from_nothing():
    assert calculations.origins_of("order_line.amount") == frozenset()


def test_who_reads_an_amount_worked_out_reads_the_one_it_was_worked_out_from():
    found = calculations.readers(["order_line.amount"])

    amounts = {"order_line.amount_reporting", "order_line.amount_shop"}
    assert set(found.values()) == {frozenset(amounts)}
    assert set(found) == {key for key, read in lineage.READS.items() if amounts <= read}
    assert {"revenue", "average_order_value", *acquisition.LIFETIMES} < set(found)


def test_nobody_reads_what_no_view_names():
    assert calculations.readers(["product.title", "nothing.at_all"]) == {}


def test_a_kpi_is_shown_on_the_pages_whose_tables_ask_for_it():
    shown = {
        key: [(page.title, page.address) for page in calculations.pages(key)]
        for key in ("ltv_60", "cohort_customers", "cohort_value", "ltv_120")
    }

    assert shown == {
        "ltv_60": [("Acquisition to LTV", "/acquisition/")],
        "cohort_customers": [("Cohorts", "/cohorts/")],
        "cohort_value": [("Cohorts: Value per customer", "/cohorts/?measure=value")],
        "ltv_120": [],
    }


def test_no_calculation_is_computed_for_nobody_to_see():
    assert [key for key in METRICS if not calculations.pages(key)] == []
