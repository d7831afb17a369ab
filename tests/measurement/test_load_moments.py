"""Moments and days: zones, offsets, clocks that are put on and back, and words."""

from datetime import UTC, date, datetime

import pytest

from tests.measurement import loading

ORDER = '[order]\nsource_id = "id"\nplaced_at = "at"\n'
CUSTOMER = '[customer]\nsource_id = "id"\n'

MOMENTS = [
    ("2026-03-31 14:05:00", "2026-03-31 18:05:00", -240),
    ("2026-03-31T14:05:00", "2026-03-31 18:05:00", -240),
    ("2026-03-31 14:05", "2026-03-31 18:05:00", -240),
    ("2026-03-31 14:05:00.25", "2026-03-31 18:05:00.250000", -240),
    ("2026-03-31", "2026-03-31 04:00:00", -240),
    ("2026-01-31", "2026-01-31 05:00:00", -300),
    ("2026-03-31T14:05:00Z", "2026-03-31 14:05:00", 0),
    ("2026-03-31T14:05Z", "2026-03-31 14:05:00", 0),
    ("2026-03-31 14:05:00+02:00", "2026-03-31 12:05:00", 120),
    ("2026-03-31 14:05+02", "2026-03-31 12:05:00", 120),
    ("2026-03-31 14:05:00 +0530", "2026-03-31 08:35:00", 330),
    ("2026-03-31 14:05:00.5-08", "2026-03-31 22:05:00.500000", -480),
    # The clocks went on from two to three: half past two never was, and is read on the
    # clock before.
    ("2026-03-08 02:30:00", "2026-03-08 07:30:00", -300),
    ("2026-03-08 03:30:00", "2026-03-08 07:30:00", -240),
    # They went back from two to one: half past one was twice, and the second is meant.
    ("2026-11-01 01:30:00", "2026-11-01 06:30:00", -300),
    ("2026-11-01 00:59:59", "2026-11-01 04:59:59", -240),
]


@pytest.mark.parametrize(("written", "utc", "offset"), MOMENTS)
def test_a_moment_is_kept_in_utc_with_the_offset_of_its_source(
    load, written, utc, offset
):
    stream = loading.stream(
        ORDER, grain="order", of=loading.system(zone="America/New_York")
    )

    load(stream, f"id,at\n1,{written}\n")

    at = datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert loading.rows("order", "placed_at", "placed_offset") == [(at, offset)]


def test_the_zone_of_a_rule_comes_before_the_zone_of_the_system(load):
    stream = loading.stream(
        ORDER.replace('"at"', "{ column = 'at', zone = 'Asia/Tokyo' }"),
        grain="order",
        of=loading.system(zone="America/New_York"),
    )

    load(stream, "id,at\n1,2026-03-31 09:00:00\n")

    assert loading.column("order", "placed_at") == [datetime(2026, 3, 31, tzinfo=UTC)]


def test_a_day_is_that_of_the_reporting_zone(load):
    stream = loading.stream(ORDER, grain="order")

    load(stream, "id,at\n1,2026-04-01T03:59:59Z\n2,2026-04-01T04:00:00Z\n")

    assert loading.column("order", "placed_on") == [date(2026, 3, 31), date(2026, 4, 1)]


@pytest.mark.parametrize(
    "written",
    [
        "now",
        "today",
        "infinity",
        "epoch",
        "31.03.2026",
        "03/31/2026",
        "2026-3-31",
        "2026-02-30",
        "2026-03-31 25:00:00",
        "2026-03-31 14:05:0Z",
        "2026-03-31 14:05:00 EST",
        "2026-03-31 14:05:00 Europe/Berlin",
        "2026-03-31 2:05 PM",
        "2026-03-31 BC",
        "2026-03-31+02",
        "1743429900",
    ],
)
def test_what_is_no_moment_is_refused(load, written):
    stream = loading.stream(ORDER, grain="order")

    run = load(stream, f"id,at\n1,{written}\n")

    assert loading.rejects(run) == [
        (
            2,
            "placed_at",
            f'"{written}" is not a moment; expected is 2026-03-31 14:05:00, with or '
            "without an offset.",
        )
    ]


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026-03-31", date(2026, 3, 31)),
        ("2026-03-31 00:00:00", date(2026, 3, 31)),
        ("2026-03-31T00:00:00.000Z", date(2026, 3, 31)),
        ("", None),
    ],
)
def test_a_day_is_read(load, written, day):
    stream = loading.stream(CUSTOMER + "birth_on = 'a'", grain="customer")

    load(stream, f"id,a\n1,{written}\n")

    assert loading.column("customer", "birth_on") == [day]


@pytest.mark.parametrize(
    "written",
    [
        "today",
        "31.03.2026",
        "2026-02-30",
        "2026-03-31 14:05:00",
        "2026-03-31 BC",
        "26-03-31",
    ],
)
def test_what_is_no_day_is_refused(load, written):
    stream = loading.stream(CUSTOMER + "birth_on = 'a'", grain="customer")

    run = load(stream, f"id,a\n1,{written}\n")

    assert loading.rejects(run) == [
        (2, "birth_on", f'"{written}" is not a day; expected is 2026-03-31.')
    ]
