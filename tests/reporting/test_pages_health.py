"""Pipeline health, as a reader gets it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from governance.models import FieldMapping
from identity.models import MatchCandidate
from measurement.models import ColumnProfile, RejectedRow
from reporting.models import Build
from tests import make, published

pytestmark = pytest.mark.django_db


def ago(**time: float):
    return timezone.now() - timedelta(**time)


def daily(key: str, *, loaded_days_ago: float | None):
    system = make.system(key, of=make.storefront())
    system.cadence = "daily"
    system.save()
    stream = make.stream("orders", of=system)
    if loaded_days_ago is not None:
        published.load(stream, at=ago(days=loaded_days_ago), written=90, rejected=3)
    return stream


def test_an_installation_without_anything_has_nothing_to_say(reader):
    page = reader.get("/health/")

    assert (page.status_code, page.context["found"].fresh) == (200, ())
    assert "No source is registered yet" in page.text


def test_a_daily_stream_that_did_not_come_is_late_and_stands_first(reader):
    fine, late = (
        daily("a-fine", loaded_days_ago=0.5),
        daily("b-late", loaded_days_ago=5),
    )
    never = daily("c-never", loaded_days_ago=None)

    found = reader.get("/health/").context["found"]

    assert [(one.stream, one.ago, one.is_late) for one in found.fresh] == [
        (late, "5 days", True),
        (never, "never", True),
        (fine, "12 h", False),
    ]
    assert found.late == 2


def test_pairs_that_wait_are_counted_by_what_they_wait_for(reader):
    system = make.system()
    for place, wants in enumerate(("first", "first", "doubt")):
        MatchCandidate.objects.create(
            left=published.record(of=system), right=published.record(of=system),
            evidence="Much.", guard="Unsure.", found_at=ago(days=place + 1), wants=wants,
        )  # fmt: skip

    found = reader.get("/health/").context["found"]

    assert [(one.wants, one.pairs) for one in found.doubled] == [
        ("An answer", 2),
        ("A second reader, who settles a doubt", 1),
    ]
    assert (found.waiting, found.oldest.date()) == (3, ago(days=3).date())


def test_rejected_rows_are_told_by_their_reason_the_commonest_first(reader):
    stream = daily("till", loaded_days_ago=None)
    load = published.load(stream, at=ago(days=1), written=5, rejected=3)
    old = published.load(stream, at=ago(days=30), rejected=9, name="old.csv")
    for run, line, reason in (
        (load, 1, "No day."), (load, 2, "No day."), (load, 3, "No id."), (old, 1, "Old."),
    ):  # fmt: skip
        RejectedRow.objects.create(run=run, line=line, reason=reason, text="7;ada")

    page = reader.get("/health/")

    found = page.context["found"]
    assert [(one.reason, one.rows) for one in found.turned_away] == [
        ("No day.", 2),
        ("No id.", 1),
    ]
    assert (found.rejected, found.rows_in) == (3, 8)
    assert "7;ada" not in page.text


def test_a_mapped_column_that_says_little_is_missing(reader):
    stream = daily("till", loaded_days_ago=1)
    run = stream.runs.get()
    FieldMapping.objects.create(
        stream=stream, entity="customer", field="email", rule={"column": "mail"}
    )
    for name, filled in (("mail", 25), ("not_mapped", 0)):
        ColumnProfile.objects.create(
            stream=stream, name=name, position=1, kind="text", rows=100, filled=filled,
            different=1, odd=0, shortest=1, longest=9, first_run=run, last_run=run,
        )  # fmt: skip

    [one] = reader.get("/health/").context["found"].missing

    assert (one.column, one.fields, one.empty, one.percent) == (
        "mail",
        ("customer.email",),
        75,
        75,
    )


def test_a_build_that_a_check_holds_back_is_named(reader):
    published.build()
    held = published.build(state=Build.State.HELD, at=published.AT + timedelta(days=1))

    page = reader.get("/health/")

    assert f"build {held.pk} is held back by a check" in page.text


@pytest.mark.parametrize("key", ["streams", "duplicates", "missing", "rejected"])
def test_each_table_is_a_file(reader, key):
    daily("till", loaded_days_ago=1)

    answer = reader.get(f"/health/?format=csv&table={key}")

    assert answer["Content-Disposition"] == f'attachment; filename="health-{key}.csv"'
    assert answer.text.startswith(f"# table,Pipeline health: {key}\r\n# at,")


def test_a_reason_that_begins_as_a_formula_does_is_text_in_the_file(reader):
    load = published.load(
        daily("till", loaded_days_ago=None), at=ago(days=1), rejected=1
    )
    RejectedRow.objects.create(run=load, line=1, reason="=1+1 is no day.", text="")

    answer = reader.get("/health/?format=csv&table=rejected")

    assert ",'=1+1 is no day.,1" in answer.text


@pytest.mark.parametrize("streams", [1, 4])
def test_it_costs_the_same_for_one_stream_and_for_four(
    reader, django_assert_num_queries, streams
):
    for place in range(streams):
        daily(f"till-{place}", loaded_days_ago=place)
    published.step("Till", of=published.night(), written=5)

    with django_assert_num_queries(17):
        reader.get("/health/")
