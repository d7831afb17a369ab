"""When a number is withheld, and how sure it is."""

from dataclasses import replace
from decimal import Decimal

import pytest

from reporting import agreed
from reporting.metrics import METRICS, Cell


def valued(**given: int) -> Cell:
    row = {"channel": "email", "buyers": 100, "mature": 100, "net": 0, "net_squared": 0}
    cell = replace(METRICS["ltv_90"], min_n=30).cell({**row, **given})
    assert cell is not None
    return cell


def test_fewer_than_30_people_say_nothing():
    assert valued(buyers=29, mature=29, net=10) == Cell(
        {"channel": "email"}, None, 29, state="small"
    )


def test_30_people_do():
    cell = valued(buyers=30, mature=30, net=30_000_000, net_squared=30 * 10**12)

    assert cell == Cell(
        {"channel": "email"}, Decimal(1), 30, Decimal(1), Decimal(1), "sure"
    )


def test_half_of_the_buyers_are_enough_and_one_less_is_not():
    assert valued(buyers=100, mature=50).state == "sure"
    assert valued(buyers=101, mature=50).state == "immature"


def test_nobody_mature_is_no_value_yet():
    assert valued(mature=0) == Cell({"channel": "email"}, None, 0, state="immature")


def test_counts_and_money_are_never_withheld():
    total = {"channel": "", "month": None, "has_ended": 1}
    row = {**total, "customers": 1, "orders": 1, "revenue": 5_000_000}

    assert METRICS["customers"].cell(row) == Cell({}, Decimal(1), 1)
    assert METRICS["revenue"].cell(row) == Cell({}, Decimal(5), 1)


@pytest.mark.parametrize("key", sorted(METRICS))
def test_a_definition_says_whom_what_by_what_in_which_unit_and_when(key):
    definition = " ".join(METRICS[key].definition.split())

    missing = [
        part
        for part in ("Population:", "Numerator:", "Grain:", "Unit:", "``n`` ")
        if part not in definition
    ]

    assert missing == []


@pytest.mark.django_db
def test_a_build_keeps_the_version_of_every_definition():
    assert set(agreed.now().versions()) == set(METRICS)
