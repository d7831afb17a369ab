"""Each sale is shared out among the channels that led to it, and nothing is lost."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reporting.attribution import crediting
from reporting.attribution.crediting import DEFAULTS, RULES, Model
from tests.reporting.attribution import journeys
from tests.reporting.attribution.journeys import CHANNELS, DAY, MINUTE, Seen, Sold

MODELS = [Model(rule, rule) for rule in RULES]


def money(sale: Sold, *touches: Seen, by: str, **terms: int) -> dict[str, int]:
    """Return what the model gives each channel of the one sale."""
    told = journeys.credited([sale], touches, Model("asked", by, **terms))
    return {channel: credit for (_, channel), (credit, _) in told["asked"].items()}


def seen(day: float, channel: str) -> Seen:
    return Seen(1, round(day * DAY), channel)


SALE = Sold(1, 100 * DAY, net=100)
JOURNEY = [
    seen(75, "email"),
    seen(86, "social"),
    seen(93, "email"),
    seen(99, "paid_search"),
    seen(100, "direct"),
]


@pytest.mark.parametrize(
    ("model", "credits"),
    [
        ("first_touch", {"email": 100}),
        ("last_touch", {"direct": 100}),
        ("last_non_direct", {"paid_search": 100}),
        ("linear", {"direct": 20, "email": 40, "paid_search": 20, "social": 20}),
        # 20 of 100 belong to three touches: 6.67 each, up to each channel rounded down.
        (
            "position_based",
            {"direct": 40, "email": 46, "paid_search": 7, "social": 7},
        ),
        # Weights 4096, 3710 (a day old), 2048 (a week), 1024 (two weeks), 345 (25 days).
        ("time_decay", {"direct": 36, "email": 21, "paid_search": 33, "social": 10}),
        ("shapley", {"direct": 25, "email": 25, "paid_search": 25, "social": 25}),
    ],
)
def test_a_journey_is_shared_out_as_each_model_says(model, credits):
    assert money(SALE, *JOURNEY, by=model) == credits


def test_of_two_touches_each_has_half_where_the_shares_are_alike():
    two = [seen(90, "email"), seen(95, "social")]

    assert money(SALE, *two, by="position_based") == {"email": 50, "social": 50}


def test_of_two_touches_each_has_its_part_of_both_shares():
    two = [seen(90, "email"), seen(95, "social")]

    assert money(SALE, *two, by="position_based", first_share=60, last_share=20) == {
        "email": 75,
        "social": 25,
    }


def test_who_only_ever_came_direct_came_direct():
    assert money(SALE, seen(95, "direct"), by="last_non_direct") == {"direct": 100}


@pytest.mark.parametrize("model", RULES)
def test_a_touch_exactly_as_old_as_the_look_back_is_too_old(model):
    too_old, old = Seen(1, 70 * DAY, "email"), Seen(1, 70 * DAY + 1, "social")

    assert money(SALE, too_old, by=model) == {"unattributed": 100}
    assert money(SALE, too_old, old, by=model) == {"social": 100}


@pytest.mark.parametrize("model", RULES)
def test_a_touch_after_the_sale_gets_nothing_and_one_at_its_moment_counts(model):
    after, at = Seen(1, 100 * DAY + 1, "email"), Seen(1, 100 * DAY, "social")

    assert money(SALE, after, by=model) == {"unattributed": 100}
    assert money(SALE, after, at, by=model) == {"social": 100}


def test_without_a_look_back_a_touch_counts_however_old_it_is():
    long_ago = Seen(1, -20_000 * DAY, "email")

    assert money(SALE, long_ago, by="time_decay", lookback_days=0) == {"email": 100}


@pytest.mark.parametrize("model", RULES)
def test_touches_of_somebody_else_lead_to_nothing(model):
    assert money(SALE, Seen(2, 99 * DAY, "email"), by=model) == {"unattributed": 100}


@pytest.mark.parametrize(
    "sale",
    [Sold(None, 100 * DAY, net=100), Sold(1, 100 * DAY, net=-100, is_purchase=0)],
    ids=["of nobody we know", "a credit of the shop"],
)
def test_a_sale_that_is_no_purchase_of_somebody_is_unattributed(sale):
    assert money(sale, *JOURNEY, by="linear") == {"unattributed": sale.net}


def test_what_is_shared_out_is_what_refunds_left():
    refunded = Sold(1, 100 * DAY, net=60, refunds=40)

    assert money(refunded, seen(99, "email"), by="linear") == {"email": 60}


def test_more_refunded_than_taken_is_credited_below_zero():
    overpaid = Sold(1, 100 * DAY, net=-3, refunds=100)
    two = [seen(90, "email"), seen(95, "social")]

    assert money(overpaid, *two, by="linear") == {"email": -1, "social": -2}


def test_a_sale_of_nothing_is_a_sale_all_the_same():
    told = journeys.credited([Sold(1, DAY, net=0)], [seen(1, "email")], *MODELS)

    assert told == {rule: {(0, "email"): (0, 1_000_000)} for rule in RULES}


def test_models_look_back_each_as_far_as_agreed():
    week, month = Model("week", "linear", lookback_days=7), Model("month", "linear")

    told = journeys.credited([SALE], [seen(90, "email")], week, month)

    assert told == {
        "week": {(0, "unattributed"): (100, 1_000_000)},
        "month": {(0, "email"): (100, 1_000_000)},
    }


def test_too_many_channels_are_refused_in_words():
    many = [f"channel-{nth}" for nth in range(1024)]

    with pytest.raises(crediting.TooManyChannels, match="name 1024 channels"):
        crediting.tables(DEFAULTS, many)


_moments = st.one_of(
    st.sampled_from([0, 7, 14, 30, 37, 44, 60]).map(lambda day: day * DAY),
    st.integers(0, 60 * 24 * 60).map(lambda minute: minute * MINUTE),
)
_sales = st.lists(
    st.builds(
        Sold,
        by=st.sampled_from([1, 1, 2, None]),
        at=_moments,
        net=st.integers(-(10**6), 10**9) | st.sampled_from([0, 7 * 10**17, -1]),
        refunds=st.integers(0, 10**6),
        is_purchase=st.sampled_from([1, 1, 1, 0]),
    ),
    max_size=6,
)
_seen = st.lists(
    st.builds(
        Seen,
        by=st.sampled_from([1, 1, 2]),
        at=_moments,
        channel=st.sampled_from(CHANNELS),
    ),
    max_size=14,
)
_terms = st.builds(
    lambda lookback, half_life, shares: {
        "lookback_days": lookback,
        "half_life_days": half_life,
        "first_share": shares[0],
        "last_share": shares[1],
    },
    st.sampled_from([0, 7, 30]),
    st.sampled_from([1, 7, 30]),
    st.sampled_from([(40, 40), (1, 99), (33, 10)]),
)


@settings(max_examples=10, deadline=None)
@given(sales=_sales, touches=_seen, terms=_terms)
def test_every_credit_is_that_of_the_plain_twin_and_all_sum_to_the_sales(
    sales, touches, terms
):
    models = [Model(rule, rule, **terms) for rule in RULES]

    told = journeys.credited(sales, touches, *models)

    for model in models:
        assert told[model.key] == _plainly(sales, touches, model)
        assert sum(money for money, _ in told[model.key].values()) == sum(
            sale.net for sale in sales
        )


@settings(max_examples=4, deadline=None)
@given(sales=_sales, touches=_seen, seed=st.integers(0, 99))
def test_the_order_of_arrival_changes_no_credit(sales, touches, seed):
    shuffled = random.Random(seed).sample(touches, len(touches))

    assert journeys.credited(sales, shuffled, *MODELS) == journeys.credited(
        sales, touches, *MODELS
    )


@settings(max_examples=8, deadline=None)
@given(sales=_sales, touches=_seen, lookback=st.sampled_from([0, 7, 30]))
def test_every_journey_is_walked_once(sales, touches, lookback):
    model = Model("markov", "markov", lookback_days=lookback)

    assert journeys.steps(sales, touches, model) == journeys.walked(
        sales, touches, model
    )


def _plainly(
    sales: list[Sold], touches: list[Seen], model: Model
) -> dict[tuple[int, str], tuple[int, int]]:
    found = {}
    for nth, sale in enumerate(sales):
        shares = journeys.shares(sale, journeys.path(sale, touches, model), model)
        net = journeys.parts(sale.net, shares)
        orders = journeys.parts(1_000_000 * sale.is_purchase, shares)
        found |= {
            (nth, channel): (net[channel], orders[channel])
            for channel in shares
            if net[channel] or orders[channel]
        }
    return found
