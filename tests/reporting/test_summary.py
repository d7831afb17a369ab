"""The figures a person checks first after a night."""

import json
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from governance.models import SourceSystem
from identity.models import Link, Person
from measurement.models import (
    CustomerRecord,
    KeptFile,
    Night,
    NightStep,
    Order,
    OrderLine,
    SyncRun,
)
from reporting.models import Build
from reporting.summary import Figures, last_night
from tests import make
from tests.make import moment

pytestmark = pytest.mark.django_db

NOTHING = Figures(
    lines_read=0,
    lines_written=0,
    lines_unchanged=0,
    lines_rejected=0,
    orders=0,
    households=0,
    people=0,
    sales_value=Decimal(0),
)


def storefront(*, is_generated: bool = False) -> SourceSystem:
    shop = make.storefront()
    shop.is_generated = is_generated
    shop.save()
    return make.system(of=shop)


def record(of: SourceSystem) -> CustomerRecord:
    return CustomerRecord.objects.create(
        system=of, source_id=f"c{make.number()}", run=1
    )


def order(of: SourceSystem, *, by: CustomerRecord | None, takes: str = "1") -> Order:
    placed = Order.objects.create(
        system=of,
        source_id=f"o{make.number()}",
        customer=by,
        placed_at=moment("2026-03-01"),
        placed_offset=0,
        placed_on="2026-03-01",
        currency="USD",
        run=1,
    )
    OrderLine.objects.create(
        order=placed,
        source_id="1",
        kind="sale",
        quantity=1,
        amount=takes,
        amount_shop=takes,
        amount_reporting=takes,
        run=1,
    )
    return placed


def belongs(who: Person, *records: CustomerRecord) -> None:
    for one in records:
        Link.objects.create(
            record=one, person=who, started_at=moment("2026-03-01"), reason="alone"
        )


def loaded(of: SourceSystem, *, grain: str = "order_line", rows: int) -> SyncRun:
    """Return a run that read that many rows: all written but one, which it rejected."""
    return SyncRun.objects.create(
        stream=make.stream(f"rows-{make.number()}", of=of, grain=grain),
        file=KeptFile.objects.create(
            sha256=f"{make.number():064}",
            name="rows.csv",
            size=1,
            path="",
            plain_path="",
            layout="csv",
            received_at=moment("2026-03-02"),
        ),
        mapping_digest="",
        mapping={},
        state=SyncRun.State.DONE,
        started_at=moment("2026-03-02"),
        rows_in=rows,
        written=rows - 1,
        rejected=1,
    )


def night(*runs: SyncRun, began: str = "2026-03-02", seconds: int = 10) -> Night:
    made = Night.objects.create(
        started_at=moment(began),
        ended_at=moment(began).replace(second=seconds),
        state=Night.State.DONE,
    )
    for position, run in enumerate(runs):
        NightStep.objects.create(
            night=made,
            position=position,
            task="measurement.sync_page",
            label=f"{run.stream}",
            state=NightStep.State.DONE,
            cursor={"run": run.pk},
            rows_in=run.rows_in,
            written=run.written,
            rejected=run.rejected,
            seconds=1.5,
            peak_mb=100 + position,
        )
    return made


def test_without_a_night_there_is_nothing_to_sum_up():
    with pytest.raises(CommandError) as refused:
        call_command("summary")

    assert str(refused.value) == "No night has run here yet. Run one: manage.py night."


def test_lines_are_those_of_the_files_the_last_night_read():
    shop = storefront()
    night(loaded(shop, rows=50), began="2026-03-01")
    night(loaded(shop, rows=8), loaded(shop, rows=5))

    real = last_night().real

    assert (real.lines_read, real.lines_written, real.lines_rejected) == (13, 11, 2)


def test_rows_that_are_no_order_lines_are_not_lines():
    shop = storefront()
    night(loaded(shop, rows=8, grain="customer"))

    assert last_night().real == NOTHING


def test_a_night_that_found_no_new_file_read_no_line():
    shop = storefront()
    night(loaded(shop, rows=50), began="2026-03-01")
    night(began="2026-03-02")

    assert last_night().real.lines_read == 0


def test_orders_and_their_value_are_counted_as_they_came():
    shop = storefront()
    order(shop, by=None, takes="4.335")
    order(shop, by=None, takes="-1.10")
    night()

    real = last_night().real

    assert (real.orders, real.sales_value) == (2, Decimal("3.235"))


def test_a_household_is_a_record_of_the_shop_that_has_ordered():
    shop = storefront()
    buyer, _passer_by = record(shop), record(shop)
    order(shop, by=buyer)
    order(shop, by=buyer)
    night()

    assert last_night().real.households == 1


def test_two_records_of_one_person_are_one_of_the_people():
    shop = storefront()
    left, right, other = record(shop), record(shop), record(shop)
    for buyer in (left, right, other):
        order(shop, by=buyer)
    belongs(make_person(), left, right)
    belongs(make_person(), other)
    night()

    real = last_night().real

    assert (real.households, real.people) == (3, 2)


def test_a_link_that_has_ended_makes_nobody_a_buyer():
    shop = storefront()
    buyer = record(shop)
    order(shop, by=buyer)
    before, now = make_person(), make_person()
    Link.objects.create(
        record=buyer,
        person=before,
        started_at=moment("2026-03-01"),
        ended_at=moment("2026-03-02"),
        reason="alone",
    )
    belongs(now, buyer)
    night()

    assert last_night().real.people == 1


def test_what_was_made_up_is_counted_apart():
    real, generated = storefront(), storefront(is_generated=True)
    order(real, by=record(real), takes="10")
    order(generated, by=record(generated), takes="99")
    night(loaded(real, rows=3), loaded(generated, rows=7))

    summary = last_night()

    assert (summary.real.sales_value, summary.real.lines_read) == (10, 3)
    assert (summary.generated.sales_value, summary.generated.lines_read) == (99, 7)


def test_the_build_is_the_one_readers_see():
    for state in (Build.State.PUBLISHED, Build.State.HELD):
        Build.objects.create(
            made_at=moment("2026-03-02"),
            data_moment=moment("2026-03-02"),
            identity_moment=moment("2026-03-02"),
            digest="",
            state=state,
        )
    night()

    assert last_night().build == Build.objects.get(state=Build.State.PUBLISHED).pk


def test_as_json_the_real_figures_stand_at_the_top():
    shop = storefront()
    order(shop, by=None, takes="12.5")
    of_night = night(loaded(shop, rows=3))
    said = StringIO()

    call_command("summary", "--json", stdout=said)

    nothing = {
        "lines_read": 0,
        "lines_written": 0,
        "lines_unchanged": 0,
        "lines_rejected": 0,
        "orders": 0,
        "households": 0,
        "people": 0,
        "sales_value": "0.00",
    }
    label = of_night.steps.get().label
    assert json.loads(said.getvalue()) == nothing | {
        "night": of_night.pk,
        "state": "done",
        "lines_read": 3,
        "lines_written": 2,
        "lines_rejected": 1,
        "orders": 1,
        "sales_value": "12.50",
        "build": None,
        "seconds": 10.0,
        "peak_mb": 100.0,
        "steps": [
            {
                "label": label,
                "rows_in": 3,
                "written": 2,
                "unchanged": 0,
                "rejected": 1,
                "seconds": 1.5,
                "peak_mb": 100.0,
            }
        ],
        "generated": nothing,
    }


def test_for_people_real_and_generated_stand_side_by_side():
    shop = storefront()
    order(shop, by=None, takes="1234.5")
    of_night = night(loaded(shop, rows=3))
    said = StringIO()

    call_command("summary", stdout=said)

    assert said.getvalue().splitlines()[:3] == [
        f"{of_night} is done: 1 step in 10.0 s, 100 MB at most. No build is shown.",
        "                                real         generated",
        "Lines read                         3                 0",
    ]
    assert said.getvalue().splitlines()[-1] == (
        "Sales value                 1,234.50              0.00"
    )


def make_person() -> Person:
    return Person.objects.create(made_at=moment("2026-03-01"))
