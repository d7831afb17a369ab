"""Shops dealt by chance, small enough for every rule to meet its edge."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from tests.reporting.shops import TAGS, Sale, Shop, Touch

_BEGIN = datetime(2025, 12, 1, tzinfo=UTC)
_RECORDS = [f"record-{nth}" for nth in range(3)]
_PEOPLE = ["ada", "bo", None]

# Three moments in four lie on the borders of the windows, counted from each other.
_borders = st.sampled_from([0, 30, 60, 90, 180, 365, 455])
_days = st.one_of(_borders, _borders, _borders, st.integers(0, 460))
_moments = st.builds(
    lambda days, minutes: _BEGIN + timedelta(days=days, minutes=minutes),
    _days,
    st.sampled_from([0, 0, 1, 720, 1439]),
)
# Up to a million of the currency: squares of millionths pass 64 bits.
_amounts = st.integers(-20_000_000, 90_000_000) | st.just(10**12)
_ids = st.uuids(version=4).map(str)

_sales = st.builds(
    Sale,
    by=st.sampled_from([*_RECORDS, *_RECORDS, None]),
    at=_moments,
    lines=st.lists(_amounts, max_size=3).map(tuple),
    refunds=st.lists(st.integers(1, 30_000_000), max_size=2).map(tuple),
    status=st.sampled_from(
        ["paid", "paid", "paid", "pending", "credit", "cancelled", "test"]
    ),
    discounts=st.lists(st.integers(0, 9_000_000), max_size=2).map(tuple),
    returns=st.sampled_from([(), (), (), (5_000_000,), (1, 10_000_000)]),
    unit_cost=st.sampled_from([None, 0, 1, 4_000_000]),
    segment=st.sampled_from(["", "loyal", "new"]),
    id=_ids,
)
# Who came by no tag came by no campaign either.
_came_by = st.sampled_from(
    [(channel, "") for channel in sorted(TAGS)]
    + [("email", "spring"), ("email", "autumn"), ("paid_search", "spring")]
)
_touches = st.builds(
    lambda by, at, came_by, id: Touch(by, at, came_by[0], id, campaign=came_by[1]),
    by=st.sampled_from(_RECORDS),
    at=_moments,
    came_by=_came_by,
    id=_ids,
)

shops = st.builds(
    Shop,
    sales=st.lists(_sales, max_size=14).map(tuple),
    touches=st.lists(_touches, max_size=8).map(tuple),
    people=st.dictionaries(
        st.sampled_from(_RECORDS), st.sampled_from(_PEOPLE), max_size=3
    ),
)
