"""What comes out of a snapshot is what went in, whatever was typed into a field."""

import os
import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import duckdb
import pytest
from django.db import transaction

from governance import channels
from governance.taxonomy import Tags
from identity.models import OrderContext
from measurement.models import Event, Order, OrderLine
from reporting import engine, snapshot, timeline
from reporting.agreed import Agreed
from reporting.metrics import METRICS
from tests import make
from tests.reporting import builds, shops

pytestmark = pytest.mark.django_db

ODD = [
    "",
    " ",
    "NULL",
    "\\N",
    '"',
    '""',
    'the "good" ones',
    "a,b;c",
    "two\nlines",
    "two\r\nlines",
    "\r",
    "tab\there",
    "back\\slash",
    "'; drop table orders; --",
    "Größe Æ 東京 👩‍👩‍👧",
    "\u202eright to left",
    "x" * 5_000,
]
# Trimmed and lower-cased by two programs, which must agree on the channel.
ODD_TAGS = [
    ("Google ", "CPC"),
    ("\tgoogle", "cpc"),
    ("google\u00a0", "cpc"),
    ("GOOGLE", "ORGANIC"),
    ("\u0130nstagram", "\u0130"),
    ("STRASSE", "Straße"),
    ("ΣΊΣΥΦΟΣ", ""),
    ("klaviyo", " Email\n"),
    ("Kelvin \u212a", "email"),
    ("", "email"),
    ('"', "\\"),
    ("", ""),
]


def read(folder: Path, table: str, *columns: str) -> list[tuple]:
    with duckdb.connect() as database:
        rows = database.read_parquet(f"{folder}/{table}.parquet")
        return rows.project(", ".join(columns)).fetchall()


def several(count: int) -> None:
    shops.write(
        shops.Shop(
            tuple(shops.Sale("ada", make.moment("2026-01-05")) for _ in range(count)),
            tuple(
                shops.Touch("ada", make.moment("2026-01-04"), "direct")
                for _ in range(count)
            ),
        )
    )


def test_a_segment_comes_out_letter_by_letter():
    several(len(ODD))
    for context, segment in zip(OrderContext.objects.all(), ODD, strict=True):
        OrderContext.objects.filter(pk=context.pk).update(segment=segment)

    taken = snapshot.take(moment=builds.NOW, name="now")

    assert taken.rows["placed"] == len(ODD)
    assert sorted(read(taken.folder, "placed", "segment")) == sorted(
        (segment,) for segment in ODD
    )


def test_the_timeline_names_the_channel_the_numbers_count_by():
    several(len(ODD_TAGS))
    for event, (source, medium) in zip(
        Event.objects.order_by("pk"), ODD_TAGS, strict=True
    ):
        Event.objects.filter(pk=event.pk).update(
            utm_source=source,
            utm_medium=medium,
            referrer=f" HTTPS://X.example/?{event}",
        )
    taxonomy = channels.taxonomy()

    taken = snapshot.take(moment=builds.NOW, name="now")

    assert dict(read(taken.folder, "visits", "touch_id", "channel")) == {
        event.pk: taxonomy.channel(
            Tags.read(
                event.utm_source, event.utm_medium, event.utm_campaign, event.referrer
            )
        )
        for event in Event.objects.all()
    }
    person = shops.Person.objects.get()
    assert len([one for one in timeline.of(person) if one.kind == "touch"]) == len(
        ODD_TAGS
    )


@pytest.mark.parametrize(
    ("amount", "micros"),
    [
        ("0.000001", 1),
        ("-0.000001", -1),
        ("9000000000000.999999", 9_000_000_000_000_999_999),
        ("-9000000000000.999999", -9_000_000_000_000_999_999),
    ],
)
def test_money_is_exact_to_the_millionth_however_large(amount, micros):
    several(1)
    OrderLine.objects.update(amount_shop=amount)

    folder = snapshot.take(moment=builds.NOW, name="now").folder

    assert read(folder, "lines", "sales") == [(micros,)]


def test_more_money_than_can_be_added_up_is_refused_in_a_sentence(snapshot_folder):
    several(1)
    OrderLine.objects.update(amount_shop="90000000000000")

    with pytest.raises(snapshot.MoreMoneyThanCounts) as refused, transaction.atomic():
        snapshot.take(moment=builds.NOW, name="now")

    assert str(refused.value) == (
        "A line took or a refund gave back more than 9,223,372,036,854 of its currency, "
        "which is more than can be added up exactly. Mend it at its source; the next "
        "file brings it in."
    )
    assert list(snapshot_folder.iterdir()) == []


def test_a_moment_is_kept_to_the_microsecond():
    several(1)
    at = make.moment("2026-03-08T06:59").replace(second=59, microsecond=999_999)
    Order.objects.update(placed_at=at)

    folder = snapshot.take(moment=builds.NOW, name="now").folder

    assert read(folder, "placed", "placed_at") == [(at.replace(tzinfo=None),)]


def test_what_a_killed_snapshot_left_is_cleared_away(snapshot_folder):
    left = snapshot_folder / "unfinished-before"
    left.mkdir(parents=True)
    (left / "orders.csv").write_text("1,2,3")
    long_ago = time.time() - 2 * 24 * 60 * 60
    os.utime(left, (long_ago, long_ago))

    snapshot.take(moment=builds.NOW, name="now")

    assert [folder.name for folder in snapshot_folder.iterdir()] == ["now"]


def test_a_snapshot_another_takes_at_this_moment_is_left_alone(snapshot_folder):
    (snapshot_folder / "unfinished-now").mkdir(parents=True)

    snapshot.take(moment=builds.NOW, name="now")

    assert {folder.name for folder in snapshot_folder.iterdir()} == {
        "now",
        "unfinished-now",
    }


def test_a_snapshot_that_breaks_leaves_the_one_of_that_name_as_it_was(
    snapshot_folder, monkeypatch
):
    several(1)
    before = snapshot.take(moment=builds.NOW, name="now").folder
    several(1)

    def disk_is_full(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(snapshot, "_visits", disk_is_full)
    with pytest.raises(OSError, match="No space left"):
        snapshot.take(moment=builds.NOW, name="now")

    assert len(read(before, "placed", "order_id")) == 1
    assert [folder.name for folder in snapshot_folder.iterdir()] == ["now"]


def test_a_snapshot_taken_again_under_its_name_is_the_new_one():
    several(1)
    snapshot.take(moment=builds.NOW, name="now")
    several(2)

    folder = snapshot.take(moment=builds.NOW, name="now").folder

    assert len(read(folder, "placed", "order_id")) == 3


def test_a_folder_with_marks_of_a_pattern_in_its_name_is_read_as_it_is_called(tmp_path):
    folder = tmp_path / "var [1] * é"
    folder.mkdir()
    with duckdb.connect() as database:
        database.sql("select 7 as seven").write_parquet(str(tmp_path / "plain.parquet"))
    (tmp_path / "plain.parquet").rename(folder / "numbers.parquet")

    with engine.over(folder) as views:
        assert list(views.table("numbers")) == [{"seven": 7}]


def test_a_view_that_is_not_there_is_asked_for_by_its_file(tmp_path):
    with engine.over(tmp_path) as views, pytest.raises(engine.UnknownView) as unknown:
        views.rows("profit")

    assert str(unknown.value) == (
        "There is no view 'profit': reporting/sql/profit.sql is missing. Write it, or "
        "mend the name."
    )


def test_a_table_longer_than_a_page_is_read_to_its_end_while_others_are_asked():
    with engine.database() as connection:
        rows = 2 * engine.PAGE + 1
        connection.execute(f"create table numbers as select * from range({rows}) n(i)")
        views = engine.Engine(connection)

        numbers = views.table("numbers")
        first = next(numbers)
        other = list(views.table("(select count(*) as rows from numbers)"))

        assert (first, other) == ({"i": 0}, [{"rows": rows}])
        assert sum(1 for _ in numbers) == rows - 1


def test_two_engines_at_once_know_nothing_of_each_other(tmp_path):
    with engine.database() as one, engine.database() as other:
        one.execute("create table buyers as select 1 as i")

        with pytest.raises(duckdb.CatalogException):
            other.execute("select * from buyers")


def test_an_engine_does_not_fetch_what_it_lacks():
    with engine.database() as connection:
        said = connection.execute(
            "select name, value from duckdb_settings() where name in"
            " ('autoinstall_known_extensions', 'autoload_known_extensions')"
        ).fetchall()

    assert sorted(said) == [
        ("autoinstall_known_extensions", "false"),
        ("autoload_known_extensions", "false"),
    ]


def test_the_digest_of_an_instant_knows_only_the_links_until_then():
    several(1)
    nothing = Agreed(metrics={}, rules=(), models=())
    before = snapshot.digest(moment=make.moment("2026-03-01"), agreed=nothing)
    shops.Link.objects.update(ended_at=make.moment("2026-06-01"))

    at = [
        snapshot.digest(moment=moment, agreed=nothing)
        for moment in (make.moment("2026-03-01"), make.moment("2026-06-01"))
    ]

    assert (at[0] == before, at[1] == before) == (True, False)


def test_another_version_of_a_definition_is_another_digest():
    customers = METRICS["customers"]
    said = [
        snapshot.digest(
            moment=builds.NOW, agreed=Agreed({"customers": one}, rules=(), models=())
        )
        for one in (customers, customers, replace(customers, version="2"))
    ]

    assert (said[0] == said[1], said[1] == said[2]) == (True, False)


def test_the_moment_of_the_reader_is_no_part_of_the_columns():
    several(1)
    earlier, later = datetime(2027, 1, 1), datetime(2028, 1, 1)  # noqa: DTZ001  only days

    kept = {
        moment.year: read(
            snapshot.take(
                moment=make.moment(moment.isoformat()), name=f"{moment.year}"
            ).folder,
            "placed",
            "*",
        )
        for moment in (earlier, later)
    }

    assert kept[2027] == kept[2028]
