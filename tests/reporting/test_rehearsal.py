"""What a proposal about a source would do is what applying it and the night then do."""

from decimal import Decimal

import pytest
from django.db import connection

from governance.changes import Proposed
from governance.models import Preview, SourceStream
from identity.models import Link
from measurement import otherwise
from measurement.models import Order, OrderLine, RejectedRow, SyncRun
from reporting import effects
from tests import make
from tests.governance import requests
from tests.reporting import builds, tills
from tests.reporting.test_preview import (
    governed,
    kpi,
    measured,
    predicted,
    readings,
    take_effect,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("however_few")]


@pytest.fixture
def domain():
    return make.domain("revenue")


@pytest.fixture
def till(settings, tmp_path) -> SourceStream:
    return tills.opened(settings, tmp_path)


def all_rows() -> dict[str, list[tuple[object, ...]]]:
    """Return every row a proposal could touch."""
    with connection.cursor() as cursor:
        found = {}
        for table in (
            "measurement_order", "measurement_orderline", "measurement_customerrecord",
            "measurement_rejectedrow", "measurement_syncrun", "measurement_seenkey",
            "identity_link", "identity_ordercontext", "governance_sourcesystem",
            "governance_fieldmapping",
        ):  # fmt: skip
            cursor.execute(f"select t::text from public.{table} t order by 1")
            found[table] = cursor.fetchall()
    return found


def same_as_then(operation: Proposed, domain) -> tuple[Preview, dict, dict]:
    """Measure the proposal, then let it take effect and the night come.

    Returns:
        The preview; the numbers it said there would be; those there then were.
    """
    before = readings()
    request, made = measured(operation, domain=domain)
    assert made.state == "measured", made.message

    take_effect(request, domain)
    tills.night()

    return made, told(predicted(made, before)), told(readings())


def told(numbers: dict) -> dict:
    """Return the numbers that are shown: one withheld is as good as none."""
    return {place: value for place, value in numbers.items() if value is not None}


def test_another_zone_moves_what_then_moves(till, domain):
    before = readings()

    made, would_be, became = same_as_then(tills.zone(domain, "Asia/Tokyo"), domain)

    assert made.answer["moved"] != []
    assert became != told(before)
    assert would_be == became


def test_another_amount_moves_revenue_to_the_cent(till, domain):

    made, would_be, became = same_as_then(
        tills.rule(domain, "order_line.amount", {"multiply": ["amount", "line"]}),
        domain,
    )

    total = next(each for each in made.answer["moved"] if each["what"] == "revenue")
    assert (total["before"], total["after"]) == ("59.85000000", "62.35000000")
    assert would_be == became


def test_another_name_for_a_customer_moves_who_is_who(till, domain):

    made, would_be, became = same_as_then(
        tills.rule(domain, "customer.source_id", "mail"), domain
    )

    assert would_be == became
    assert made.answer["looked_at"] > 0


def test_nothing_of_it_stays(till, domain):
    before = all_rows()

    _request, made = measured(tills.zone(domain, "Asia/Tokyo"), domain=domain)

    assert made.state == "measured"
    assert all_rows() == before


def test_no_table_is_written_meanwhile(till, domain, monkeypatch):
    seen = []
    refusals = otherwise.refusals

    def look(rehearsed):
        seen.append(written_tables())
        return refusals(rehearsed)

    monkeypatch.setattr(otherwise, "refusals", look)
    by = requests.draft(
        tills.zone(domain, "Asia/Tokyo"), by=make.domain_steward(domain)
    )
    before = written_tables()

    operations = list(by.revisions.get().operations.all())
    effects.Numbers().measure(operations, at=builds.NOW)

    assert seen == [before]


def written_tables() -> set[str]:
    """Return the tables this transaction has written rows of, copies left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select relation::regclass::text from pg_locks join pg_class c on c.oid ="
            " relation where pid = pg_backend_pid() and locktype = 'relation' and mode ="
            " 'RowExclusiveLock' and relpersistence <> 't' and relkind = 'r'"
        )
        return {name.removeprefix("public.") for (name,) in cursor.fetchall()}


def test_rows_newly_rejected_are_named(till, domain):
    readings()

    _request, made = measured(
        tills.rule(domain, "order.placed_at", "who"), domain=domain
    )

    assert (made.answer["refused_in_all"], made.answer["taken_in_all"]) == (6, 0)
    assert made.answer["refused"][0] == {
        "place": f"{till}, line 2",
        "field": "placed_at",
        "reason": '"ada" is not a moment; expected is 2026-03-31 14:05:00, with or '
        "without an offset.",
    }
    assert not RejectedRow.objects.exists()


def test_rows_no_longer_rejected_are_counted(till, domain, settings):
    tills.drop(settings, tills.ORDERS.replace("2026-01-09 12:00", "soon"), "late.csv")
    tills.night()
    readings()
    assert RejectedRow.objects.count() == 1

    said = {"column": "at", "values": {"soon": "2026-01-09 12:00"}}
    _request, made = measured(
        tills.rule(domain, "order.placed_at", said), domain=domain
    )

    assert (made.answer["refused_in_all"], made.answer["taken_in_all"]) == (0, 1)


def test_some_rows_are_shown_before_and_after(till, domain):
    readings()

    _request, made = measured(
        tills.rule(domain, "order_line.amount", {"multiply": ["amount", "line"]}),
        domain=domain,
    )

    shown = [
        each for each in made.answer["samples"] if each["field"] == "order_line.amount"
    ]
    assert shown == [
        {
            "row": "order line 2",
            "field": "order_line.amount",
            "before": "2.500000",
            "after": "5.000000",
        }
    ]


def test_a_moment_is_shown_with_its_day_and_nothing_that_only_follows(till, domain):
    readings()

    _request, made = measured(tills.zone(domain, "Asia/Tokyo"), domain=domain)

    second = [e for e in made.answer["samples"] if e["row"] == "order 2"]
    assert [(each["field"], each["before"], each["after"]) for each in second] == [
        ("order.placed_at", "2026-02-01 02:00:00 UTC", "2026-01-31 17:00:00 UTC"),
        ("order.placed_on", "2026-02-01", "2026-01-31"),
    ]


def test_what_says_something_of_a_person_is_not_shown(till, domain):
    requests.applied(requests.field(domain, "customer.email"), domain=domain)
    readings()

    _request, made = measured(
        tills.rule(domain, "customer.email", {"constant": "a@example.org"}),
        domain=domain,
    )

    mails = [e for e in made.answer["samples"] if e["field"] == "customer.email"]
    assert {(each["before"], each["after"]) for each in mails} == {
        ("not shown: it says something of a person",) * 2
    }


def test_files_that_left_the_inbox_are_told(till, domain, settings):
    readings()
    (settings.INBOX / "till" / "sales" / "sales.csv").unlink()

    _request, made = measured(tills.zone(domain, "Asia/Tokyo"), domain=domain)

    assert made.answer["moved"] == []
    assert made.answer["sentences"] == [
        "0 files with 0 rows were loaded once more as proposed. Written anew: nothing.",
        "1 that were loaded once no longer lie in the inbox: their rows stay as they "
        "are, and will then.",
    ]


def test_a_file_that_was_never_loaded_is_no_matter_of_the_proposal(
    till, domain, settings
):
    readings()
    tills.drop(settings, tills.ORDERS.replace("ada", "dee"), "new.csv")

    _request, made = measured(tills.zone(domain, "UTC"), domain=domain)

    assert made.answer["moved"] == []
    assert made.answer["sentences"] == [
        "No file that was loaded would be read otherwise."
    ]


def test_what_the_file_does_not_have_is_said_in_words(till, domain):

    _request, made = measured(
        tills.rule(domain, "order_line.amount", "gross"), domain=domain
    )

    assert made.state == "failed"
    assert made.message.startswith("sales.csv has no column 'gross', which the mapping")


def test_who_takes_too_long_is_told_the_limit(till, domain, settings):
    settings.PREVIEW_SECONDS = 0

    _request, made = measured(tills.zone(domain, "Asia/Tokyo"), domain=domain)

    assert (made.state, made.message) == (
        "failed",
        "It takes more than the 0 s that a preview may take. Set PREVIEW_SECONDS "
        "higher, and TASK_SECONDS with it.",
    )


def test_a_mapping_and_a_kpi_of_one_request_are_measured_together(till, domain):
    governed(domain)
    before = readings()
    request, made = measured(
        tills.rule(domain, "order_line.amount", {"multiply": ["amount", "line"]}),
        kpi(domain, "ltv_30", 5),
        domain=domain,
    )

    take_effect(request, domain)
    tills.night()

    assert told(predicted(made, before)) == told(readings())
    assert sum(OrderLine.objects.values_list("amount", flat=True)) == Decimal("62.35")
    assert Order.objects.count() == 5
    assert Link.objects.count() == 3
    assert SyncRun.objects.count() == 2
