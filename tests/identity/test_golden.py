"""The golden record: whose value counts, which of several, and what both are told by."""

from datetime import date

import pytest

from identity import golden
from measurement.mapping.ownership import Ownership
from tests import make
from tests.governance import requests
from tests.identity.told import tell

pytestmark = pytest.mark.django_db

SHOP_THEN_CRM = Ownership("shop", ("crm",))


@pytest.fixture
def shop():
    return make.system("till", kind="shop")


@pytest.fixture
def crm(shop):
    return make.system("hub", kind="crm", of=shop.storefront)


def said(name, records, agreed):
    """Return a field's golden value and why it is."""
    found = golden.golden_field(name, records, agreed)
    return found and (found.value, found.why)


def test_the_owners_value_counts_however_late_another_says_something_else(shop, crm):
    records = [
        make.record(of=shop, email="ann@x.example",
                    source_updated_at=make.moment("2025-01-01")),
        make.record(of=crm, email="ann@y.example",
                    source_updated_at=make.moment("2026-01-01")),
    ]  # fmt: skip

    assert said("email", records, SHOP_THEN_CRM) == (
        "ann@x.example", "Till owns it.",
    )  # fmt: skip


def test_where_the_owner_says_nothing_the_next_one_is_heard(shop, crm):
    records = [make.record(of=shop), make.record(of=crm, email="ann@y.example")]

    assert said("email", records, SHOP_THEN_CRM) == (
        "ann@y.example", "shop owns it and says nothing; Hub is next.",
    )  # fmt: skip


def test_who_may_no_longer_speak_of_it_is_heard_last(shop, crm):
    web = make.system("web", kind="web", of=shop.storefront)
    spoke = make.record(of=web, email="ann@z.example")

    assert [
        said("email", records, SHOP_THEN_CRM)
        for records in (
            [spoke],
            [spoke, make.record(of=crm, email="ann@y.example")],
        )
    ] == [
        ("ann@z.example", "Who owns it says nothing; Web spoke of it once."),
        ("ann@y.example", "shop owns it and says nothing; Hub is next."),
    ]


@pytest.mark.parametrize(
    ("of_several", "value", "why"),
    [
        ("newest", "Annie", "changed last"),
        ("oldest", "Ann", "is known longest"),
        ("longest", "Ann-Kathrin", "says most"),
        ("owner", "Ann-Kathrin", "is the registered account"),
    ],
)
def test_of_several_records_the_one_counts_that_was_agreed_on(
    shop, of_several, value, why
):
    records = [
        make.record("Ann", of=shop, is_guest=True,
                    created_at=make.moment("2024-01-01"),
                    source_updated_at=make.moment("2024-01-01")),
        make.record("Ann-Kathrin", of=shop,
                    created_at=make.moment("2025-01-01"),
                    source_updated_at=make.moment("2025-06-01")),
        make.record("Annie", of=shop, is_guest=True,
                    created_at=make.moment("2026-01-01"),
                    source_updated_at=make.moment("2026-01-01")),
    ]  # fmt: skip

    assert said("first_name", records, Ownership("shop", (), of_several)) == (
        value, f"Till owns it; of 3 records this one {why}.",
    )  # fmt: skip


def test_records_that_tie_are_told_apart_by_their_ids(shop):
    two = [
        make.record(name, of=shop, source_id=i)
        for name, i in (("Bo", "2"), ("Al", "1"))
    ]

    assert [
        golden.golden_field("first_name", order, None).value
        for order in (two, two[::-1])
    ] == ["Al", "Al"]


def test_how_many_say_otherwise_is_counted_as_people_read_it(shop):
    records = [
        make.record("Ann", of=shop, source_id="1"),
        make.record("ANN", of=shop, source_id="2"),
        make.record("Jo", of=shop, source_id="3"),
        make.record("", of=shop, source_id="4"),
    ]

    assert golden.golden_field("first_name", records, None).others == 1


def test_what_nobody_says_is_left_out(shop):
    person = make.person(make.record("Ann", of=shop, birth_on=date(1980, 5, 7)))

    found = golden.of_person(person.pk)

    assert [(field.label, field.value) for field in found.fields] == [
        ("First name", "Ann"),
        ("Born on", date(1980, 5, 7)),
    ]


def test_ownership_that_was_agreed_on_is_what_it_goes_by(shop, crm):
    domain = make.domain("customer")
    requests.applied(
        requests.field(domain),
        requests.ownership(domain, owner="crm", survivorship="oldest"),
        domain=domain,
    )
    person = make.person(
        make.record("Ann Bell", of=shop, email="ann@x.example"),
        make.record("Ann Bell", of=crm, email="ann@y.example"),
    )

    mail = next(
        one for one in golden.of_person(person.pk).fields if one.name == "email"
    )

    assert (mail.value, mail.record.system, mail.why) == (
        "ann@y.example", crm, "Hub owns it.",
    )  # fmt: skip


def test_who_they_were_before_a_merge_is_made_of_the_records_of_then(shop):
    person = make.person(make.record("Ann", of=shop), since=make.moment("2026-02-01"))

    assert golden.of_person(person.pk, as_of=make.moment("2026-01-01")) == (
        golden.GoldenRecord(fields=[], consents=[])
    )


def test_of_all_answers_to_a_purpose_the_stricter_is_the_persons(shop, crm):
    records = {"ann": make.record("Ann", of=shop), "crm": make.record("Anne", of=crm)}
    tell(
        records,
        """
        record | day        | what      | purpose
        -------+------------+-----------+---------------
        ann    | 2026-01-01 | granted   | email_marketing
        crm    | 2025-01-01 | granted   | email_marketing
        crm    | 2025-06-01 | withdrawn | email_marketing
        ann    | 2026-01-01 | granted   | profiling
        """,
    )

    found = golden.of_records(record.pk for record in records.values())

    assert [(one.purpose, one.is_granted, one.why) for one in found.consents] == [
        (
            "email_marketing", False,
            "Anne (Hub) said no on 01 June 2025; the stricter answer counts.",
        ),
        ("profiling", True, "Every record that was asked said yes last."),
    ]  # fmt: skip
