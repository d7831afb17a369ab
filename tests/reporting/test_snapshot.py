"""What a snapshot holds, and what it never does."""

from datetime import date, datetime

import duckdb
import pytest

from governance.models import CampaignRule, Channel
from identity.models import Link, Person
from measurement.models import CustomerRecord, Event, Order, OrderLine, SyncRun
from reporting import agreed, snapshot
from tests import make
from tests.reporting import builds, shops

pytestmark = pytest.mark.django_db


def taken(table: str, *columns: str, at: datetime = builds.NOW) -> list[tuple]:
    folder = snapshot.take(moment=at, name="now").folder
    with duckdb.connect() as database:
        rows = database.read_parquet(f"{folder}/{table}.parquet")
        return sorted(rows.project(", ".join(columns)).fetchall(), key=str)


def digest(at: datetime = builds.NOW) -> str:
    return snapshot.digest(moment=at, agreed=agreed.now())


def test_an_order_is_whose_and_when_and_its_money_in_millionths_beside_it():
    shops.write(
        shops.drawn("""
        buyer  | on               | lines   | refunds | segment
        -------+------------------+---------+---------+--------
        nobody | 2026-01-05T23:30 | 1.25 -2 | 0.1 0.2 | loyal
    """)
    )

    assert taken("placed", "person_id", "placed_at", "placed_on", "segment") == [
        (
            None,
            datetime(2026, 1, 5, 23, 30),  # noqa: DTZ001  the engine's moments are UTC
            date(2026, 1, 5),
            "loyal",
        )
    ]
    assert taken("lines", "sales") == [(-2_000_000,), (1_250_000,)]
    assert taken("refunds", "amount") == [(100_000,), (200_000,)]


def test_an_order_of_nobody_we_know_is_computed_alone():
    shops.write(
        shops.drawn("""
        buyer  | on
        -------+-----------
        nobody | 2026-01-05
        ada    | 2026-01-05
    """)
    )
    order = Order.objects.get(customer=None)

    assert taken("placed", "owner") == [(-order.pk,), (Link.objects.get().person_id,)]


def test_no_name_no_mail_no_phone_and_no_tag_goes_in(snapshot_folder):
    shops.write(
        shops.drawn("""
        buyer  | on         | via   | segment
        -------+------------+-------+--------
        secret | 2026-01-05 | email | loyal
    """)
    )
    CustomerRecord.objects.update(first_name="secret-first", phone="+4930secret")
    Event.objects.update(
        utm_campaign="secret-campaign", referrer="https://x.example/?secret"
    )

    folder = snapshot.take(moment=builds.NOW, name="now").folder

    with duckdb.connect() as database:
        said = {
            file.name: str(database.read_parquet(str(file)).fetchall())
            for file in folder.iterdir()
        }
    assert sorted(said) == [
        "costs.parquet",
        "lines.parquet",
        "months.parquet",
        "placed.parquet",
        "refunds.parquet",
        "spend.parquet",
        "storefronts.parquet",
        "visits.parquet",
    ]
    assert "loyal" in said["placed.parquet"] and "email" in said["visits.parquet"]
    assert [name for name, rows in said.items() if "secret" in rows] == []


def test_links_are_those_of_the_moment():
    shops.write(shops.drawn("buyer | on\n-\nada | 2026-01-05"))
    link = Link.objects.get()
    before, merged_at = link.person_id, make.moment("2026-06-01")
    kept = Person.objects.create(made_at=merged_at)
    Link.objects.update(ended_at=merged_at)
    Link.objects.create(
        record=link.record, person=kept, started_at=merged_at, reason="steward"
    )

    earlier = taken("placed", "person_id", at=make.moment("2026-05-31"))
    then = taken("placed", "person_id", at=merged_at)

    assert (earlier, then) == ([(before,)], [(kept.pk,)])


def test_a_touch_known_by_its_order_alone_is_the_buyers():
    shops.write(
        shops.drawn("""
        buyer | on         | via
        ------+------------+------
        ada   | 2026-01-05 | email
    """)
    )
    Event.objects.update(customer=None, order=Order.objects.get())

    assert taken("visits", "person_id", "channel") == [
        (Link.objects.get().person_id, "email")
    ]


def test_an_event_without_tags_that_is_no_visit_is_no_touch():
    shops.write(
        shops.drawn("""
        buyer | on         | via
        ------+------------+-------
        ada   | 2026-01-05 | direct
    """)
    )
    Event.objects.update(kind="coupon_redeemed")

    assert taken("visits", "channel") == []


def test_months_go_from_the_first_sale_to_the_last():
    shops.write(
        shops.drawn("""
        buyer | on
        ------+-----------
        ada   | 2025-12-31
        ada   | 2026-02-01
    """)
    )

    assert taken("months", "begins_on", "ends_on") == [
        (date(2025, 12, 1), date(2025, 12, 31)),
        (date(2026, 1, 1), date(2026, 1, 31)),
        (date(2026, 2, 1), date(2026, 2, 28)),
    ]


def test_an_empty_database_is_an_empty_snapshot():
    rows = snapshot.take(moment=builds.NOW, name="now").rows

    assert rows == dict.fromkeys(
        (
            "placed",
            "lines",
            "refunds",
            "costs",
            "visits",
            "spend",
            "storefronts",
            "months",
        ),
        0,
    )


def test_this_snapshot_and_the_one_before_it_are_kept(snapshot_folder):
    for name in ("first", "second", "third"):
        snapshot.take(moment=builds.NOW, name=name)

    assert {folder.name for folder in snapshot_folder.iterdir()} == {"second", "third"}


@pytest.fixture
def a_shop() -> None:
    shops.write(
        shops.drawn("""
        buyer | on         | via   | refunds
        ------+------------+-------+--------
        ada   | 2026-01-05 | email | 1
    """)
    )


def another_line() -> None:
    OrderLine.objects.create(
        order=Order.objects.get(),
        source_id="late",
        kind="sale",
        quantity=1,
        amount=1,
        amount_shop=1,
        amount_reporting=1,
        run=1,
    )


def a_merge() -> None:
    Link.objects.update(ended_at=make.moment("2026-03-01"))


def another_rule() -> None:
    CampaignRule.objects.create(
        position=1, channel=Channel.objects.get(key="display"), source="klaviyo"
    )


def another_page_of_the_same_run() -> None:
    stream = make.stream()
    SyncRun.objects.create(
        stream=stream,
        file_id=_file(),
        mapping={},
        started_at=builds.NOW,
        rows_in=1,
        written=1,
    )


def _file() -> int:
    from measurement.models import KeptFile

    return KeptFile.objects.create(
        sha256="0" * 64,
        name="file",
        size=1,
        path="file",
        plain_path="file",
        layout="csv",
        received_at=builds.NOW,
    ).pk


@pytest.mark.parametrize(
    "happens",
    [
        another_line,
        a_merge,
        another_rule,
        another_page_of_the_same_run,
        lambda: Order.objects.update(status="cancelled", run=10**9),
        lambda: shops.OrderContext.objects.update(segment="loyal"),
        lambda: shops.Refund.objects.update(amount_shop=2, run=10**9),
        lambda: Event.objects.update(utm_source="google", run=10**9),
    ],
)
def test_the_digest_moves_with_whatever_moves_a_number(a_shop, happens):
    before = digest()

    happens()

    assert digest() != before


def test_the_digest_stays_while_only_time_goes_by(a_shop):
    assert digest(make.moment("2029-01-01")) == digest(make.moment("2029-12-31"))


def test_what_goes_in_is_told_in_one_order():
    told = [
        row[0] for row in snapshot._ask("inputs", {"moment": make.moment("2026-03-01")})
    ]

    assert told == sorted(told)
