"""What a reader is shown of a trial: nobody's data to who may not see it."""

import pytest

from measurement.models import MappingTrial
from measurement.workbench import telling, trying
from tests import make
from tests.make import moment
from tests.measurement.workbench import agreed, bench
from tests.measurement.workbench.bench import EITHER_MAIL, SEEN, wanted

AT = moment("2026-06-02")


@pytest.fixture
def contacts(load):
    return bench.contacts(load)


def tried(stream, *rules) -> MappingTrial:
    by = make.user(role="steward")
    asked = trying.ask(stream=stream, wanted=rules, by=by, at=AT)
    return trying.run(trial_id=asked.pk, at=AT)


def told(trial: MappingTrial, role: str) -> telling.Told:
    return telling.tell(trial, reader=make.user(role=role))


def test_who_may_not_see_people_sees_the_shape_of_what_they_said(contacts):
    trial = tried(
        contacts,
        EITHER_MAIL,
        wanted("customer.segment", {"column": "group", "prefix": "a "}),
    )

    for role in ("viewer", "data_owner", "auditor", "admin"):
        shown = told(trial, role)

        assert shown.is_masked
        assert [sample.columns for sample in shown.samples[:2]] == [
            [("mail", "x@x.x"), ("mail2", ""), ("group", "gold")],
            [("mail", ""), ("mail2", "x@x.x"), ("group", "silver")],
        ]
        assert [(v.before, v.after, v.is_changed) for v in shown.samples[1].values] == [
            ("", "x@x.x", True),
            ("silver", "a silver", True),
        ]


@pytest.mark.parametrize("column", ["mail", "shop_id"])
def test_nobody_opens_a_column_by_proposing_a_field_that_is_open(contacts, column):
    # Personal by what is agreed, or nobody has said yet what it is.
    shown = told(tried(contacts, wanted("customer.segment", column)), "viewer")

    assert "".join(
        text
        for sample in shown.samples
        for name, text in sample.columns
        if name == column
    ) == "".join(value.after for sample in shown.samples for value in sample.values)
    allowed = set("xX9@.-: ")
    assert {
        letter
        for sample in shown.samples
        for value in sample.values
        for letter in value.after
    } <= allowed


def test_nor_does_a_reject_quote_what_nobody_has_opened(contacts):
    agreed.dictionary(make.domain("x"), customer__birth_on="none")

    shown = told(tried(contacts, wanted("customer.birth_on", "mail")), "viewer")

    assert [each.reason for each in shown.rejects] == [
        '"x@x.x" is not a day; expected is 2026-03-31.'
    ]


def test_who_may_see_people_sees_what_they_said(contacts):
    trial = tried(contacts, EITHER_MAIL)

    for shown in (told(trial, "steward"), told(trial, "privacy")):
        assert not shown.is_masked
        assert shown.samples[1].columns == [("mail", ""), ("mail2", "bo@mail.example")]
        assert shown.samples[1].values[0].after == "bo@mail.example"


def test_a_changed_value_is_marked_though_both_have_one_shape(contacts):
    swapped = tried(contacts, wanted("customer.email", {"column": "id", "prefix": "7"}))

    viewed = told(
        tried(contacts, wanted("customer.source_id", {"column": "id", "prefix": "7"})),
        "viewer",
    )

    assert swapped.state == "tried"
    assert {value.is_changed for each in viewed.samples for value in each.values} == {
        True
    }


def test_the_reason_of_a_reject_quotes_nobody(load):
    stream = bench.contacts(load, rows=bench.ROWS.replace("soon", 'so "on" Ada'))
    agreed.dictionary(make.domain("x"), customer__birth_on="sensitive")
    trial = tried(stream, wanted("customer.birth_on", "seen"))

    viewed, seen = told(trial, "viewer"), told(trial, "steward")

    reasons = [each.reason for each in viewed.rejects]
    assert reasons[1] == '"xx "xx" Xxx" is not a day; expected is 2026-03-31.'
    assert (
        seen.rejects[1].reason == '"so "on" Ada" is not a day; expected is 2026-03-31.'
    )


def test_rules_are_told_in_words_beside_those_in_force(contacts):
    shown = told(
        tried(contacts, EITHER_MAIL, SEEN, wanted("customer.segment", None)), "viewer"
    )

    assert [(rule.key, rule.before, rule.after) for rule in shown.rules] == [
        ("customer.email", "mail", "the first filled of mail and mail2"),
        ("customer.created_at", "", "seen"),
        ("customer.segment", "group", ""),
    ]


def test_reasons_that_look_alike_once_hidden_are_told_as_one(load):
    stream = bench.contacts(load, rows=bench.ROWS.replace("3,,,gold", "3,,,bold"))

    shown = told(tried(stream, wanted("customer.birth_on", "group")), "viewer")

    assert [(each.line, each.rows, each.reason) for each in shown.rejects] == [
        (2, 2, '"xxxx" is not a day; expected is 2026-03-31.'),
        (3, 1, '"xxxxxx" is not a day; expected is 2026-03-31.'),
    ]
