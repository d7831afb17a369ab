"""What an unmapped column might be, and why somebody would think so."""

import pytest

from measurement.entities import ENTITIES
from measurement.models import ColumnProfile
from measurement.workbench.suggesting import Target, suggest, words


def column(name: str, kind: str = "text", *samples: str) -> ColumnProfile:
    return ColumnProfile(name=name, kind=kind, samples=list(samples))


def target(key: str, label: str = "", *aliases: str) -> Target:
    entity, name = key.split(".")
    label = label or name.replace("_", " ")
    called = (name.replace("_", " "), label, *aliases)
    return Target(key, label, ENTITIES[entity].field(name), called)


EMAIL = target("customer.email", "E-mail address", "mail")
PHONE = target("customer.phone", "Phone number", "mobile")
BORN = target("customer.birth_on", "Date of birth", "birthday", "dob")
CREATED = target("customer.created_at", "Record created", "customer since")
GUEST = target("customer.is_guest", "Guest checkout", "no account")
FIRST = target("customer.first_name", "First name", "given name")
TAX = target("order.tax", "Tax", "vat")
ALL = [EMAIL, PHONE, BORN, CREATED, GUEST, FIRST, TAX]


def found(*columns: ColumnProfile, elsewhere=None) -> dict[str, list[tuple[str, str]]]:
    suggested = suggest(columns, ALL, elsewhere or {})
    return {
        name: [(each.field, each.reason) for each in several]
        for name, several in suggested.items()
    }


@pytest.mark.parametrize(
    ("seen", "field", "reason"),
    [
        (column("E_Mail"), "customer.email", "People call E-mail address “mail” too."),
        (column("Mobile", "text"), "customer.phone",
         "People call Phone number “mobile” too."),
        (column("contact", "text", "x@x.x"), "customer.email",
         "Its values look like e-mail addresses."),
        (column("tel2", "text", "+99 999 999999"), "customer.phone",
         "Its values look like phone numbers."),
        (column("dob", "day"), "customer.birth_on",
         "People call Date of birth “dob” too and it holds days."),
        (column("customerSince", "moment"), "customer.created_at",
         "People call Record created “customer since” too and it holds moments."),
        (column("vat", "decimal"), "order.tax",
         "People call Tax “vat” too and it holds numbers."),
        (column("record_stamp", "moment"), "customer.created_at",
         "Its name has “record” in it and it holds moments."),
        (column("given name", "empty"), "customer.first_name",
         "People call First name “given name” too."),
    ],
)  # fmt: skip
def test_a_column_is_thought_of_by_its_name_its_kind_and_its_looks(seen, field, reason):
    if seen.name == "E_Mail":
        reason = "People call E-mail address “email” too."

    assert found(seen) == {seen.name: [(field, reason)]}


@pytest.mark.parametrize(
    "seen",
    [
        column("vat", "text"),
        column("dob", "whole_number"),
        column("guest checkout", "text"),
        column("mail", "moment"),
        column("tax_code_key", "text"),
        column("loyalty", "text", "XX-9999"),
        column("number", "text"),
        column("amount_no", "whole_number", "99999999"),
        column("ean", "text", "9999999999999"),
        column("", "text"),
    ],
    ids=lambda seen: f"{seen.name} {seen.kind}",
)
def test_what_the_field_could_not_take_is_suggested_by_nobody(seen):
    assert found(seen) == {}


def test_what_other_streams_make_of_a_column_of_the_name_is_told():
    elsewhere = {"kontakt": {"customer.email": "crm/contacts"}}

    assert found(column("Kontakt"), elsewhere=elsewhere) == {
        "Kontakt": [
            ("customer.email", "Crm/contacts fills it from a column of this name.")
        ]
    }


def test_two_that_are_as_likely_are_both_told_and_a_third_is_not():
    same = [target(f"customer.{name}", "", "label") for name in
            ("first_name", "last_name", "segment")]  # fmt: skip

    [several] = suggest([column("label")], same, {}).values()

    assert [each.field for each in several] == [
        "customer.first_name",
        "customer.last_name",
    ]


def test_one_that_is_far_likelier_stands_alone():
    also = target("customer.last_name", "", "mail name")

    [several] = suggest([column("mail", "text", "x@x.x")], [EMAIL, also], {}).values()

    assert [each.field for each in several] == ["customer.email"]


@pytest.mark.parametrize(
    ("name", "apart"),
    [
        ("customerEMail", ["customer", "email"]),
        ("HTMLBody", ["html", "body"]),
        ("größe_in-CM", ["grösse", "in", "cm"]),
        ("__", []),
        ("line2", ["line2"]),
    ],
)
def test_a_name_falls_into_words(name, apart):
    assert words(name) == apart
