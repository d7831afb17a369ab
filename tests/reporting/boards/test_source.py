"""Where a board's numbers are taken from, and how months add up."""

from decimal import Decimal

from reporting.boards.asked import Period
from reporting.boards.cells import Cell, Cells
from reporting.boards.declared import Column
from reporting.boards.source import Source

REVENUE = Column("revenue", adds_up=True)
PER_ORDER = Column("average_order_value", part="revenue", whole="orders")
FIRST, SECOND, THIRD = "2017-01", "2017-02", "2017-03"


def cells(*rows: tuple[str, dict[str, str], str | None, int, str]) -> Cells:
    return Cells(
        (
            metric, place, None if value is None else Decimal(value), n, None, None, state,
        )
        for metric, place, value, n, state in rows
    )  # fmt: skip


THREE = cells(
    ("revenue", {}, "600", 60, "sure"),
    ("revenue", {"month": FIRST}, "100", 10, "sure"),
    ("revenue", {"month": SECOND}, "200", 20, "sure"),
    ("revenue", {"month": THIRD}, "300", 30, "immature"),
    ("orders", {}, "60", 60, "sure"),
    ("orders", {"month": FIRST}, "10", 10, "sure"),
    ("orders", {"month": SECOND}, "20", 20, "sure"),
    ("orders", {"month": THIRD}, "30", 30, "immature"),
    ("average_order_value", {}, "10", 60, "sure"),
    ("repeat_rate_90", {}, "0.25", 40, "sure"),
)


def test_of_all_months_the_total_is_the_one_that_was_published():
    source = Source(THREE, Period(FIRST, THIRD))

    assert source.whole(REVENUE) == Cell(Decimal(600), 60)


def test_of_some_months_it_is_their_sum_as_sure_as_the_least_sure():
    early = Source(THREE, Period(FIRST, SECOND))
    late = Source(THREE, Period(SECOND, THIRD))

    assert early.whole(REVENUE) == Cell(Decimal(300), 30)
    assert late.whole(REVENUE) == Cell(Decimal(500), 50, state="immature")


def test_one_number_by_another_is_that_of_their_sums():
    source = Source(THREE, Period(SECOND, THIRD))

    assert source.whole(PER_ORDER) == Cell(Decimal("10"), 50, state="immature")


def test_of_too_few_it_is_withheld():
    source = Source(THREE, Period(FIRST, SECOND))
    single = Source(THREE, Period(FIRST, FIRST))

    assert source.whole(PER_ORDER) == Cell(Decimal("10"), 30)
    assert single.whole(PER_ORDER) == Cell(None, 10, state="small")


def test_of_nothing_sold_there_is_no_average():
    none = cells(
        ("revenue", {"month": FIRST}, "0", 0, "sure"),
        ("orders", {"month": FIRST}, "0", 0, "sure"),
    )

    assert Source(none, Period(FIRST, FIRST)).at(PER_ORDER, "month", FIRST) == Cell(
        None, 0
    )


def test_a_number_that_does_not_add_up_is_of_all_that_is_known():
    source = Source(THREE, Period(FIRST, FIRST))

    assert source.whole(Column("repeat_rate_90")) == Cell(Decimal("0.25"), 40)


def test_a_month_without_a_number_has_none_of_the_sum():
    gap = cells(
        ("revenue", {"month": FIRST}, "100", 10, "sure"),
        ("revenue", {"month": THIRD}, "300", 30, "sure"),
    )

    assert gap.over("revenue", (FIRST, SECOND, THIRD), {}) == Cell(Decimal(400), 40)
    assert gap.over("revenue", (SECOND,), {}) is None


def test_a_sum_with_a_withheld_month_is_withheld():
    some = cells(
        ("margin", {"month": FIRST}, "100", 10, "sure"),
        ("margin", {"month": SECOND}, None, 3, "small"),
    )

    assert some.over("margin", (FIRST, SECOND), {}) == Cell(None, 13, state="small")


def test_of_one_channel_only_its_own_numbers_are_taken():
    some = cells(
        ("revenue", {"month": FIRST}, "100", 10, "sure"),
        ("revenue", {"month": FIRST, "channel": "email"}, "40", 4, "sure"),
    )
    source = Source(some, Period(FIRST, FIRST), {"channel": "email"})

    assert source.at(REVENUE, "month", FIRST) == Cell(Decimal(40), 4)


def test_an_empty_value_of_a_place_says_nothing():
    some = cells(("cohort_customers", {"cohort": FIRST, "segment": ""}, "9", 9, "sure"))

    assert some.at("cohort_customers", {"cohort": FIRST}) == Cell(Decimal(9), 9)
    assert some.values("segment") == []
