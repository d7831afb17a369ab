"""People as a list and one by one, as a reader gets them."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from governance.models import SourceSystem
from identity.contacts import masked_email
from identity.models import Link, Merge, Person
from measurement.models import Order, OrderLine
from reporting.tables.people import GoldenRow
from tests import make, published

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> SourceSystem:
    return make.system("till", of=make.storefront("shore"))


def as_role(role: str) -> Client:
    client = Client()
    client.force_login(make.user(role=role))
    return client


def listed(page) -> list[tuple[str, str, str]]:
    return [(row.name, row.orders, row.revenue) for row in page.context["rows"]]


def order(record, *, at: str, amount: str) -> None:
    placed_at = make.moment(at)
    made = Order.objects.create(
        system=record.system,
        source_id=f"o-{make.number()}",
        customer=record,
        placed_at=placed_at,
        placed_offset=0,
        placed_on=placed_at.date(),
        currency=record.system.currency,
        run=0,
    )
    OrderLine.objects.create(
        order=made,
        source_id="1",
        kind="sale",
        quantity=1,
        amount=Decimal(amount),
        amount_shop=Decimal(amount),
        amount_reporting=Decimal(amount),
        run=0,
    )


def test_the_people_of_a_channel_stand_in_order_of_what_they_brought(reader, shop):
    build = published.build()
    for name, revenue, channel in (
        ("Ada Dorn", "120.5", "email"),
        ("Bo Frost", "980", "email"),
        ("Cleo Gale", "5000", "direct"),
    ):
        somebody = published.person(published.record(name, of=shop))
        published.buyer(
            somebody, of=shop.storefront, by=build, revenue=revenue, channel=channel
        )

    page = reader.get("/people/?storefront=shore&channel=email")

    assert listed(page) == [
        ("Bo Frost", "2", "$980.00"),
        ("Ada Dorn", "2", "$120.50"),
    ]


def test_an_unknown_channel_shows_everybody(reader, shop):
    somebody = published.person(published.record("Ada Dorn", of=shop))
    published.buyer(somebody, of=shop.storefront, by=published.build())

    page = reader.get("/people/?channel=pigeon")

    assert listed(page) == [("Ada Dorn", "2", "$100.00")]


def test_a_channel_nobody_came_by_says_so(reader, shop):
    published.build()

    page = reader.get("/people/?channel=email")

    assert "No buyer of Shore came by E-mail first." in page.text


def test_before_the_first_build_the_list_teaches(reader):
    page = reader.get("/people/")

    assert "No build is published yet" in page.text


def test_a_person_is_called_by_their_fullest_name(reader, shop):
    somebody = published.person(
        published.record("", of=shop),
        published.record("A.", of=shop),
        published.record("Ada Dorn", of=shop),
    )
    published.buyer(somebody, of=shop.storefront, by=published.build())

    page = reader.get("/people/")

    assert page.context["rows"][0].name == "Ada Dorn"
    assert page.context["rows"][0].records == 3


def test_a_guest_without_a_name_is_listed_all_the_same(reader, shop):
    somebody = published.person(published.record("", of=shop, is_guest=True))
    published.buyer(somebody, of=shop.storefront, by=published.build())

    page = reader.get("/people/")

    assert page.context["rows"][0].name == "No name known"


def test_a_long_list_is_leafed_through(reader, shop):
    build = published.build()
    for number in range(51):
        somebody = published.person(published.record(f"Number {number}", of=shop))
        published.buyer(
            somebody, of=shop.storefront, by=build, revenue=str(1000 - number)
        )

    page = reader.get("/people/?page=2")

    assert [row.name for row in page.context["rows"]] == ["Number 50"]


@pytest.mark.parametrize("people", [1, 6])
def test_the_list_costs_the_same_for_one_person_and_for_six(
    reader, shop, django_assert_num_queries, people
):
    build = published.build()
    for _ in range(people):
        somebody = published.person(
            published.record(of=shop), published.record(of=shop)
        )
        published.buyer(somebody, of=shop.storefront, by=build)

    # session, user, storefronts, build, channels, count, buyers, links
    with django_assert_num_queries(9):
        page = reader.get("/people/")

    assert len(page.context["rows"]) == people


def test_a_list_of_people_is_kept_nowhere(reader, shop):
    published.build()

    page = reader.get("/people/")

    assert page["Cache-Control"] == "private, no-store"


def test_what_happened_last_stands_first(reader, shop):
    published.build()
    record = published.record(of=shop)
    order(record, at="2026-02-01T10:00", amount="20")
    order(record, at="2026-01-05T10:00", amount="12.5")
    somebody = published.person(record)

    page = reader.get(f"/people/{somebody.public_id}/")

    assert [
        (month.name, [(row.day, row.amount) for row in month.rows])
        for month in page.context["months"]
    ] == [
        ("February 2026", [("1 Feb", "$20.00")]),
        ("January 2026", [("5 Jan", "$12.50")]),
    ]


def test_moments_are_told_in_the_reporting_time_zone(reader, shop, settings):
    settings.REPORTING_TIME_ZONE = "Asia/Tokyo"
    published.build()
    record = published.record(of=shop)
    order(record, at="2026-01-31T20:00", amount="20")
    somebody = published.person(record)

    page = reader.get(f"/people/{somebody.public_id}/")

    (month,) = page.context["months"]
    assert (month.name, month.rows[0].day, month.rows[0].time) == (
        "February 2026",
        "1 Feb",
        "05:00",
    )


@pytest.mark.parametrize("role", ["viewer", "data_owner", "auditor", "admin"])
def test_contacts_are_masked_for_who_does_not_need_them(shop, role):
    published.build()
    somebody = published.person(
        published.record(of=shop, email="ada@example.com", phone="+1 212 555 0148")
    )

    page = as_role(role).get(f"/people/{somebody.public_id}/")

    (record,) = page.context["records"]
    assert (record.email, record.phone) == ("a•••@e•••.com", "••• 48")
    assert "ada@example.com" not in page.text
    # Numbers of other things may have some of its digits.
    assert "212 555" not in page.text
    assert "2125550148" not in page.text


@pytest.mark.parametrize("role", ["steward", "privacy"])
def test_contacts_are_whole_for_who_works_with_them(shop, role):
    published.build()
    somebody = published.person(
        published.record(of=shop, email="ada@example.com", phone="+1 212 555 0148")
    )

    page = as_role(role).get(f"/people/{somebody.public_id}/")

    (record,) = page.context["records"]
    assert (record.email, record.phone) == ("ada@example.com", "+1 212 555 0148")


def test_each_field_of_all_records_together_says_whose_it_is_and_why(reader, shop):
    published.build()
    records = [
        published.record("Ada Dorn", of=shop, email=email)
        for email in ("ada@example.com", "a.dorn@example.com")
    ]
    kept = min(records, key=lambda record: record.source_id)
    somebody = published.person(*records)

    page = reader.get(f"/people/{somebody.public_id}/")

    mail = next(row for row in page.context["golden"] if row.label == "E-mail")
    assert mail == GoldenRow(
        label="E-mail",
        value=masked_email(kept.email),
        said_by=f"{shop.name} {kept.source_id}",
        why="Nobody owns it yet; of 2 records this one changed last.",
        others=1,
    )
    assert "1 record says otherwise" in page.text


def test_a_record_that_came_by_a_made_up_stream_is_marked(reader, shop):
    stream = make.stream("accounts", of=shop, grain="customer")
    stream.is_generated = True
    stream.save()
    run = published.load(stream)
    published.build()
    somebody = published.person(
        published.record(of=shop, run=run.pk), published.record(of=shop)
    )

    page = reader.get(f"/people/{somebody.public_id}/")

    assert [record.is_generated for record in page.context["records"]] == [True, False]


def test_every_record_of_a_made_up_shop_is_marked(reader, shop):
    shop.storefront.is_generated = True
    shop.storefront.save()
    published.build()
    somebody = published.person(published.record(of=shop))

    page = reader.get(f"/people/{somebody.public_id}/")

    assert [record.is_generated for record in page.context["records"]] == [True]


def test_the_person_is_as_the_published_build_knew_them(reader, shop):
    build = published.build()
    kept = published.record("Ada Dorn", of=shop)
    left = published.record("Ada Dom", of=shop)
    somebody = published.person(kept, left)
    later = build.identity_moment + timedelta(hours=1)
    Link.objects.filter(record=left).update(ended_at=later)

    page = reader.get(f"/people/{somebody.public_id}/")

    assert len(page.context["records"]) == 2


def test_who_was_joined_with_another_leads_there(reader, shop):
    build = published.build()
    somebody = Person.objects.create(made_at=make.moment("2026-01-01"))
    kept = published.person(published.record(of=shop))
    Merge.objects.create(
        kept=kept,
        absorbed=somebody,
        at=build.identity_moment,
        reason="The same e-mail.",
    )
    somebody.refresh_from_db()

    page = reader.get(f"/people/{somebody.public_id}/")

    assert "This person is part of another one now." in page.text
    assert f'href="/people/{kept.public_id}/"' in page.text


def test_before_the_first_build_a_person_is_shown_as_known_now(reader, shop):
    somebody = published.person(published.record("Ada Dorn", of=shop))

    page = reader.get(f"/people/{somebody.public_id}/")

    assert (page.context["name"], len(page.context["records"])) == ("Ada Dorn", 1)
    assert page.context["purchases"] == []


def test_nobody_has_a_made_up_address(reader):
    page = reader.get(f"/people/{uuid4()}/")

    assert page.status_code == 404
    assert "There is no such page" in page.text


def test_a_person_costs_the_same_with_one_record_and_with_four(reader, shop):
    build = published.build()

    def cost(records: int) -> int:
        made = [published.record(of=shop) for _ in range(records)]
        for record in made:
            order(record, at="2026-02-01", amount="10")
        somebody = published.person(*made)
        published.buyer(somebody, of=shop.storefront, by=build)
        with CaptureQueriesContext(connection) as asked:
            page = reader.get(f"/people/{somebody.public_id}/")
        assert len(page.context["records"]) == records
        return len(asked)

    assert cost(records=4) == cost(records=1)
