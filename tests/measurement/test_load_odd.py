"""What files say that nobody planned for: the ends of time, blanks, strange letters."""

import csv
import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from measurement.models import CustomerRecord
from tests import make
from tests.measurement import kinds, loading
from tests.measurement.kinds import KINDS


@pytest.fixture
def shop(db):
    made = loading.system()
    kinds.parents(made)
    return made


def told(load, shop, name, **said):
    """Load the row of a kind that says something else, as an object."""
    row = json.dumps({**KINDS[name].row, **said})
    return load(kinds.stream(name, of=shop), row, name="rows.ndjson")


def no_moment(written):
    return (
        f'"{written}" is not a moment; expected is 2026-03-31 14:05:00, with or without '
        f"an offset."
    )


@pytest.mark.parametrize(
    ("zone", "written"),
    [
        # "For ever" west of Greenwich is the year 10000, which no date of ours can be.
        ("America/New_York", "9999-12-31 23:59:59"),
        ("UTC", "9999-12-31 23:59:59.9999999"),
        # "Never" east of it is the year before the first, and so is its day in New York.
        ("Europe/Berlin", "0001-01-01 00:00:00"),
        ("UTC", "0001-01-01T00:00:00Z"),
    ],
)
def test_a_moment_beyond_the_ends_of_the_calendar_is_rejected(load, zone, written):
    stream = loading.stream(loading.ORDERS, grain="order", of=loading.system(zone=zone))

    run = load(stream, f"id,at\n1,{written}\n")

    assert [(line, field) for line, field, _ in loading.rejects(run)] == [
        (2, "placed_at")
    ]


@pytest.mark.parametrize(
    ("written", "day"),
    [("9999-12-31T12:00:00Z", date(9999, 12, 31)), ("0001-01-02T12:00:00Z", date(1, 1, 2))],
)  # fmt: skip
def test_the_last_and_the_first_days_of_the_calendar_are_days(load, written, day):
    stream = loading.stream(loading.ORDERS, grain="order")

    load(stream, f"id,at\n1,{written}\n")

    assert loading.column("order", "placed_on") == [day]


@pytest.mark.parametrize("written", ["2026-01-02x10:00:00", "2026-01-02+03:00:00"])
def test_what_only_looks_like_a_moment_is_none(load, written):
    stream = loading.stream(loading.ORDERS, grain="order")

    run = load(stream, f"id,at\n1,{written}\n")

    assert loading.rejects(run) == [(2, "placed_at", no_moment(written))]


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("2028-02-29 12:00:00", datetime(2028, 2, 29, 12, tzinfo=UTC)),
        # Some clocks count the midnight to the day it ends, and seconds to sixty.
        ("2026-01-02 24:00:00", datetime(2026, 1, 3, tzinfo=UTC)),
        ("2026-01-02 23:59:60", datetime(2026, 1, 3, tzinfo=UTC)),
    ],
)
def test_a_day_that_is_longer_than_others_is_known(load, written, at):
    stream = loading.stream(loading.ORDERS, grain="order")

    load(stream, f"id,at\n1,{written}\n")

    assert loading.column("order", "placed_at") == [at]


@pytest.mark.parametrize(
    "written", ["2027-02-29 12:00:00", "2026-01-02 10:00:00+99", "0000-01-01 10:00:00"]
)
def test_a_day_or_an_offset_there_is_not_makes_no_moment(load, written):
    stream = loading.stream(loading.ORDERS, grain="order")

    run = load(stream, f"id,at\n1,{written}\n")

    assert loading.rejects(run) == [(2, "placed_at", no_moment(written))]


SPARED = [
    ("order_line", "unit_price", None),
    ("order_line", "coupon_discount", Decimal(0)),
    ("ad_spend", "clicks", 0),
    ("campaign", "ends_on", None),
    ("campaign_send", "sent_at", None),
    ("customer", "is_guest", False),
]


@pytest.mark.parametrize(("name", "field", "value"), SPARED)
def test_an_empty_cell_says_nothing(load, shop, name, field, value):
    told(load, shop, name, **{field: ""})

    assert kinds.kept(name, field) == [{field: value}]


@pytest.mark.parametrize(("name", "field", "value"), SPARED)
def test_a_cell_of_blanks_says_as_little_as_an_empty_one(
    load, shop, name, field, value
):
    told(load, shop, name, **{field: "  "})

    assert kinds.kept(name, field) == [{field: value}]


@pytest.mark.parametrize(
    ("name", "field", "written", "value"),
    [
        ("order", "status", " paid ", "paid"),
        ("order", "currency", " USD ", "USD"),
        ("order", "customer", " c1 ", "c1"),
        ("order", "source_id", " o 9 ", "o 9"),
        ("order_line", "quantity", "1e3", Decimal(1000)),
        ("order_line", "quantity", " 2 ", Decimal(2)),
        ("ad_spend", "clicks", " 7 ", 7),
        ("customer", "is_guest", " YES ", True),
        ("customer", "first_name", "  Ada\n  Augusta ", "Ada\n  Augusta"),
    ],
)
def test_blanks_around_a_value_are_not_part_of_it(
    load, shop, name, field, written, value
):
    told(load, shop, name, **{field: written})

    assert kinds.kept(name, field) == [{field: value}]


@pytest.mark.parametrize(
    ("name", "field", "written", "reason"),
    [
        ("order_line", "quantity", "NaN", '"NaN" is not a number.'),
        ("order_line", "quantity", "Infinity", '"Infinity" is too large.'),
        ("order_line", "quantity", "1,5", '"1,5" is not a number.'),
        ("order_line", "amount", "٣", '"٣" is not a number.'),
        ("order_line", "amount", "1e131071", f'"1{"0" * 79}" is too large.'),
        ("order_line", "amount", "-1e14", f'"-1{"0" * 14}" is too large.'),
        ("refund", "amount", "NaN", '"NaN" is not a number.'),
        ("product_cost", "cost", "-0.000001", '"-0.000001" is below 0.'),
        ("customer", "is_guest", "2", '"2" is neither yes nor no.'),
        ("order", "status", "Paid", '"Paid" is none of pending, paid, cancelled, test, credit.'),
        ("payment", "currency", "EURO", '"EURO…" is longer than 3 characters.'),
        ("identifier", "kind", "k" * 41, f'"{"k" * 41}…" is longer than 40 characters.'),
        ("event", "visitor_id", "v" * 501, f'"{"v" * 80}…" is longer than 500 characters.'),
    ],
)  # fmt: skip
def test_a_value_no_column_can_hold_is_shown_with_its_sentence_and_its_row(
    load, shop, name, field, written, reason
):
    run = told(load, shop, name, **{field: written})

    assert (kinds.kept(name), loading.rejects(run)) == ([], [(1, field, reason)])
    assert json.loads(run.rejects.get().text)[field] == written


@pytest.mark.parametrize(
    ("name", "field", "written", "value"),
    [
        ("order_line", "amount", "99999999999999.999999", Decimal("99999999999999.999999")),
        ("order_line", "quantity", "-999999999999.9999", Decimal("-999999999999.9999")),
        ("refund", "amount", "0.000001", Decimal("0.000001")),
        ("product_cost", "cost", "-0", Decimal(0)),
        ("ad_spend", "impressions", "9223372036854775807", 2**63 - 1),
        ("identifier", "kind", "k" * 40, "k" * 40),
        ("identifier", "value", "🙂" * 500, "🙂" * 500),
        ("event", "visitor_id", "v" * 500, "v" * 500),
        ("crm_deal", "order_reference", "x" * 20_000, "x" * 20_000),
    ],
)  # fmt: skip
def test_the_most_a_column_can_hold_is_held(load, shop, name, field, written, value):
    run = told(load, shop, name, **{field: written})

    assert (kinds.kept(name, field), loading.rejects(run)) == ([{field: value}], [])


LETTERS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30
)


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(names=st.lists(LETTERS, min_size=1, max_size=20))
def test_any_text_comes_through_a_file_as_it_was(load, db, names):
    stream = loading.stream(
        '[customer]\nsource_id = "id"\nfirst_name = "name"\n', grain="customer"
    )
    written = io.StringIO(newline="")
    writer = csv.writer(written, quoting=csv.QUOTE_ALL)
    writer.writerows([("id", "name"), *enumerate(names)])

    run = load(stream, written.getvalue(), name=f"{make.number()}.csv")

    kept = CustomerRecord.objects.filter(run=run.pk).order_by("pk")
    assert [each.first_name for each in kept] == [name.strip(" ") for name in names]
