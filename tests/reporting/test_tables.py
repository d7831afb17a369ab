"""Readings arranged for a page: what is drawn, and where."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from governance.models import Channel
from reporting.models import Reading
from reporting.tables import acquisition, cohorts, figures, nights
from reporting.tables.acquisition import Range

CHANNELS = [
    Channel(key="email", name="E-mail", position=1),
    Channel(key="direct", name="Direct", position=2),
]


def said(
    metric: str, value: str | None, *, channel: str = "", state: str = "sure", **options
) -> Reading:
    return Reading(
        metric=metric,
        value=None if value is None else Decimal(value),
        n=100,
        state=state,
        dimensions={"channel": channel} if channel else {},
        **{end: Decimal(at) for end, at in options.items()},
    )


def table(*readings: Reading):
    return acquisition.table(readings=readings, channels=CHANNELS, currency="USD")


def test_without_a_total_there_is_no_table():
    assert table(said("customers", "5", channel="email")) is None


def test_channels_of_equal_size_keep_the_order_agreed():
    arranged = table(
        said("customers", "10"),
        said("customers", "5", channel="direct"),
        said("customers", "5", channel="email"),
    )

    assert [row.channel for row in arranged.rows] == ["email", "direct"]


def test_nobody_bought_is_no_division_by_nobody():
    arranged = table(said("customers", "0"), said("customers", "0", channel="email"))

    assert [(row.share, row.share_width) for row in arranged.rows] == [("–", 0.0)]


def test_all_intervals_are_drawn_on_one_scale():
    arranged = table(
        said("customers", "10"),
        said("repeat_rate_90", "0.2", low="0.1", high="0.3"),
        said("customers", "5", channel="email"),
        said("repeat_rate_90", "0.4", low="0.3", high="0.5", channel="email"),
    )

    assert arranged.total.repeat_range == Range(22.4, 40.8, 59.2, of_all=None)
    assert arranged.rows[0].repeat_range == Range(59.2, 77.6, 96.0, of_all=40.8)


def test_a_rate_that_is_withheld_has_nothing_drawn():
    arranged = table(
        said("customers", "4"), said("repeat_rate_90", None, state="small")
    )

    assert arranged.total.repeat_range is None


def test_a_growing_lifetime_value_is_not_drawn():
    arranged = table(
        said("customers", "4"),
        said("ltv_30", "10"),
        said("ltv_365", "90", state="immature"),
    )

    chart = arranged.lifetime_chart
    assert (chart["days"], chart["series"]) == (
        [30],
        [{"name": "All channels", "is_total": True, "values": [10.0]}],
    )


def test_an_age_some_channel_has_reached_is_drawn_for_that_channel():
    arranged = table(
        said("customers", "4"),
        said("customers", "4", channel="email"),
        said("ltv_30", "10"),
        said("ltv_30", "11", channel="email"),
        said("ltv_60", "14", channel="email"),
    )

    chart = arranged.lifetime_chart
    assert (chart["days"], [one["values"] for one in chart["series"]]) == (
        [30, 60],
        [[10.0, None], [11.0, 14.0]],
    )


def test_the_revenue_chart_begins_with_the_channel_that_brought_most():
    arranged = table(
        said("customers", "10"),
        said("customers", "9", channel="email"),
        said("revenue", "50", channel="email"),
        said("customers", "1", channel="direct"),
        said("revenue", "70", channel="direct"),
    )

    chart = arranged.revenue_chart
    assert (chart["names"], chart["values"]) == (["Direct", "E-mail"], [70.0, 50.0])


@given(value=st.decimals("0", "2", places=4), top=st.decimals("0", "2", places=4))
def test_a_step_is_one_of_nine(value, top):
    assert 0 <= cohorts.step(value, top) <= 8


@given(
    low=st.decimals("0", "1", places=4),
    more=st.decimals("0", "1", places=4),
    top=st.decimals("0.01", "2", places=4),
)
def test_more_is_never_lighter(low, more, top):
    assert cohorts.step(low, top) <= cohorts.step(low + more, top)


@given(
    amount=st.decimals("-1e9", "1e9", places=2),
    currency=st.sampled_from(["USD", "EUR"]),
)
def test_an_amount_below_zero_shows_its_sign_once(amount, currency):
    assert figures.money(amount, currency).count("−") == (1 if amount < 0 else 0)


@given(
    written=st.integers(0, 10**7),
    unchanged=st.integers(0, 10**7),
    rejected=st.integers(0, 10**7),
)
def test_the_parts_of_a_step_fill_its_drawing(written, unchanged, rejected):
    from measurement.models import NightStep

    rows_in = written + unchanged + rejected
    step = NightStep(
        rows_in=rows_in, written=written, unchanged=unchanged, rejected=rejected
    )

    split = nights.split(step)

    if not rows_in:
        assert split is None
    else:
        assert abs(split.rejected_from + split.rejected - nights.WIDTH) < 0.05
