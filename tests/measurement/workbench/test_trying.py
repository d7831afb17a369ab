"""A mapping tried on rows: what would become of them, and nothing kept of it."""

from pathlib import Path

import pytest

from measurement import saving
from measurement.models import (
    CustomerRecord,
    Identifier,
    MappingTrial,
    RejectedRow,
    SeenKey,
    SyncRun,
)
from measurement.workbench import asking, observing, trying
from tests import make
from tests.make import moment
from tests.measurement import loading
from tests.measurement.workbench import bench
from tests.measurement.workbench.bench import EITHER_MAIL, SEEN, wanted

AT = moment("2026-06-02")


@pytest.fixture
def contacts(load):
    return bench.loaded(load)


@pytest.fixture
def agreed_contacts(load):
    return bench.contacts(load)


def asked(stream, *rules, by=None) -> MappingTrial:
    by = by or make.user(role="steward")
    return trying.ask(stream=stream, wanted=rules, by=by, at=AT)


def waiting(stream, *rules) -> MappingTrial:
    """Return a trial as asking leaves it."""
    said = [each.said() for each in rules]
    return MappingTrial.objects.create(
        stream=stream, proposed=said, asked_by=make.user(), asked_at=AT
    )


def tried(stream, *rules) -> MappingTrial:
    return trying.run(trial_id=waiting(stream, *rules).pk, at=AT)


def kept() -> list[object]:
    return [
        list(CustomerRecord.objects.order_by("pk").values_list()),
        list(Identifier.objects.values_list()),
        list(RejectedRow.objects.values_list()),
        list(SeenKey.objects.values_list()),
        list(SyncRun.objects.values_list("pk", "state", "rejected")),
    ]


def test_rows_are_shown_as_they_are_and_as_they_would_be(contacts):
    trial = tried(contacts, EITHER_MAIL)

    assert trial.state == "tried"
    assert trial.answer == {
        "file": "rows.csv",
        "rows": 3,
        "written": {"customer": 1},
        "filled": [{"field": "customer.email", "before": 1, "after": 2}],
        "changed": 1,
        "samples": [
            {"line": 2, "columns": [["mail", "ada@mail.example"], ["mail2", ""]],
             "fields": [["customer.email", "ada@mail.example", "ada@mail.example"]]},
            {"line": 3, "columns": [["mail", ""], ["mail2", "bo@mail.example"]],
             "fields": [["customer.email", "", "bo@mail.example"]]},
            {"line": 4, "columns": [["mail", ""], ["mail2", ""]],
             "fields": [["customer.email", "", ""]]},
        ],
        "rejected_now": 0, "rejected_then": 0, "newly_rejected": 0,
        "no_longer_rejected": 0, "rejected_by": {}, "rejects": [],
    }  # fmt: skip


def test_rows_that_would_be_rejected_are_shown_with_the_reason(contacts):
    answer = tried(contacts, SEEN).answer

    assert (answer["rejected_now"], answer["newly_rejected"]) == (0, 1)
    assert answer["rejected_by"] == {"created_at": 1}
    assert answer["rejects"] == [
        {
            "line": 3,
            "rows": 1,
            "field": "created_at",
            "reason": '"soon" is not a moment; expected is 2026-03-31 14:05:00, with or '
            "without an offset.",
            "is_new": True,
        }
    ]


def test_rows_rejected_no_longer_are_counted(load):
    mapped = bench.MAPPING + 'created_at = "seen"\n'
    stream = bench.loaded(load, written=mapped)

    answer = tried(stream, wanted("customer.created_at", None)).answer

    assert (answer["rejected_now"], answer["rejected_then"]) == (1, 0)
    assert answer["no_longer_rejected"] == 1


def test_nothing_of_it_is_kept(contacts):
    before = kept()

    tried(contacts, EITHER_MAIL, SEEN, wanted("customer.segment", None))

    assert kept() == before


def test_a_load_goes_on_after_a_trial_as_if_there_had_been_none(contacts, load):
    tried(contacts, EITHER_MAIL)

    run = load(contacts, bench.ROWS + "4,eve@mail.example,,gold,,\n", name="more.csv")

    assert loading.counts(run) == (4, 1, 3, 0)


def test_an_entity_more_is_tried_with_what_decides_on_its_rows(contacts):
    answer = tried(
        contacts,
        wanted("identifier.customer", {"column": "id", "lookup": True}),
        wanted("identifier.kind", {"constant": "shop"}),
        wanted("identifier.value", "shop_id"),
        wanted("identifier.when_filled", "shop_id"),
    ).answer

    assert answer["written"] == {"identifier": 2}
    assert answer["filled"] == [
        {"field": f"identifier.{name}", "before": 0, "after": 2}
        for name in ("customer", "kind", "value")
    ]
    assert (answer["changed"], answer["rejected_then"]) == (2, 0)
    assert not Identifier.objects.exists()


def test_a_condition_alone_shows_all_it_decides_on(load):
    stream = bench.loaded(
        load,
        written=bench.MAPPING
        + """
        [identifier]
        customer = { column = "id", lookup = true }
        kind = { constant = "shop" }
        value = "shop_id"
        when_filled = "shop_id"
        """,
    )

    answer = tried(stream, wanted("identifier.when_filled", "mail")).answer

    assert [each["field"] for each in answer["filled"]] == [
        "identifier.customer", "identifier.kind", "identifier.value",
    ]  # fmt: skip
    assert answer["changed"] == 1


def test_a_reference_says_whether_it_is_found_and_not_by_what_number(load):
    shop = make.system("shop")
    make.record(of=shop, source_id="77")
    stream = loading.stream(loading.ORDERS, grain="order", of=shop, key="orders")
    load(stream, "id,at,who\no1,2026-03-01,77\no2,2026-03-01,99\n")

    answer = tried(
        stream, wanted("order.customer", {"column": "who", "lookup": True})
    ).answer

    assert [each["fields"] for each in answer["samples"]] == [
        [["order.customer", "", "found"]], [["order.customer", "", ""]],
    ]  # fmt: skip


def test_no_more_than_the_first_rows_are_tried(load, monkeypatch):
    monkeypatch.setattr(trying, "ROWS", 10)
    rows = "".join(f"{n},,m{n}@mail.example,gold,,\n" for n in range(40))
    stream = bench.loaded(load, rows="id,mail,mail2,group,seen,shop_id\n" + rows)

    answer = tried(stream, EITHER_MAIL).answer

    assert (answer["rows"], answer["changed"], len(answer["samples"])) == (10, 10, 8)


def test_rows_that_cannot_be_split_are_rejected_as_they_are_now(load):
    stream = bench.loaded(load, rows=bench.ROWS + "4,x\n")

    answer = tried(stream, EITHER_MAIL).answer

    assert (answer["rows"], answer["rejected_now"], answer["newly_rejected"]) == (
        4,
        1,
        0,
    )
    assert answer["rejects"] == [
        {"line": 5, "rows": 1, "field": "", "reason": "The row has 2 columns, the header has 6.",
         "is_new": False}
    ]  # fmt: skip


def test_a_key_that_names_many_rows_is_said_in_words(contacts, monkeypatch):
    monkeypatch.setattr(saving, "_MOST_TURNS", 2)
    same_key = wanted("customer.source_id", {"constant": "one"})

    trial = tried(contacts, same_key)

    assert (trial.state, trial.message) == (
        "failed",
        "3 rows up to line 4 have the same key and say different things. The mapping of "
        "customer names rows by a column that names none; map another one.",
    )


def test_a_file_that_is_gone_is_said_in_words(contacts):
    Path(contacts.runs.get().file.plain_path).unlink()

    trial = tried(contacts, EITHER_MAIL)

    assert (trial.state, trial.message) == (
        "failed", "The file rows.csv is no longer kept. Wait for the next one.",
    )  # fmt: skip


def test_without_a_file_there_are_no_rows_to_try_it_on(contacts):
    trial = waiting(contacts, EITHER_MAIL)
    contacts.runs.update(state=SyncRun.State.FAILED)

    assert trying.run(trial_id=trial.pk, at=AT).message == (
        "No file of crm/contacts has been loaded yet, so there are no rows to try it on."
    )


def test_a_mapping_that_cannot_be_any_more_is_said_in_words(contacts):
    trial = waiting(contacts, EITHER_MAIL)
    contacts.mappings.filter(field="source_id").delete()

    assert trying.run(trial_id=trial.pk, at=AT).message == (
        "crm/contacts does not map customer.source_id, without which no customer can "
        "be. Add a rule for it."
    )


def test_what_is_refused_is_tried_by_nobody(agreed_contacts):
    with pytest.raises(asking.Refused):
        asked(agreed_contacts, wanted("customer.created_at", "no such column"))

    assert not MappingTrial.objects.exists()


def test_trying_twice_tries_once(contacts):
    trial = tried(contacts, EITHER_MAIL)

    again = trying.run(trial_id=trial.pk, at=moment("2026-06-03"))

    assert again.tried_at == AT


def test_what_somebody_tried_before_is_forgotten_and_what_others_tried_is_not(
    agreed_contacts,
):
    steward, other = make.user(role="steward"), make.user(role="steward")
    first, others = (
        asked(agreed_contacts, SEEN, by=steward),
        asked(agreed_contacts, SEEN, by=other),
    )
    last = asked(agreed_contacts, EITHER_MAIL, by=steward)

    assert list(MappingTrial.objects.order_by("pk")) == [others, last]
    assert trying.run(trial_id=first.pk, at=AT) is None


def test_rows_of_people_are_not_kept_for_longer_than_a_week(contacts):
    waiting(contacts, SEEN)

    observing.observe(at=moment("2026-06-09"))
    left = MappingTrial.objects.count()
    observing.observe(at=moment("2026-06-10"))

    assert (left, MappingTrial.objects.count()) == (1, 0)
