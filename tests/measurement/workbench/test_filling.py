"""How full the fields are, by the stream that fills them."""

import re

import pytest

from governance import observed
from governance.observed import Observation
from measurement.models import FieldFill
from measurement.workbench import filling, observing
from tests import make
from tests.make import moment
from tests.measurement import loading
from tests.measurement.workbench import agreed

CUSTOMERS = """
[customer]
source_id = "id"
email = "mail"
is_guest = "guest"
birth_on = "born"
"""
FIRST, LATER = moment("2026-03-01"), moment("2026-03-02")


@pytest.fixture
def shop(db):
    return loading.stream(CUSTOMERS, grain="customer", of=make.system("shop"))


def fill(stream, field: str) -> tuple[int, int]:
    found = FieldFill.objects.get(stream=stream, field=field)
    return found.rows, found.filled


def test_each_field_is_counted_where_it_says_something(shop, load):
    load(shop, "id,mail,guest,born\n1,a@b.example,yes,\n2,,,1990-01-01\n3,,no,\n")

    filling.measure([shop], at=LATER)

    assert {
        field: fill(shop, field)
        for field in ("source_id", "email", "is_guest", "birth_on")
    } == {"source_id": (3, 3), "email": (3, 1), "is_guest": (3, 3), "birth_on": (3, 1)}


def test_each_stream_is_counted_by_the_rows_it_left(shop, load):
    crm = loading.stream(CUSTOMERS, grain="customer", of=make.system("crm"))
    load(shop, "id,mail,guest,born\n1,a@b.example,,\n2,,,\n")
    load(crm, "id,mail,guest,born\n1,c@d.example,,\n", name="crm.csv")

    filling.measure([shop, crm], at=LATER)

    assert (fill(shop, "email"), fill(crm, "email")) == ((2, 1), (1, 1))


def test_a_field_was_last_filled_by_the_last_run_that_filled_it(shop, load):
    load(shop, "id,mail,guest,born\n1,a@b.example,,\n", at=FIRST)
    load(shop, "id,mail,guest,born\n2,,,\n", at=LATER)

    filling.measure([shop], at=LATER)

    last = dict(FieldFill.objects.values_list("field", "last_filled_at"))
    assert (last["email"], last["source_id"], last["birth_on"]) == (FIRST, LATER, None)


def test_a_stream_that_has_left_no_row_fills_nothing(shop):
    filling.measure([shop], at=LATER)

    assert fill(shop, "email") == (0, 0)
    assert FieldFill.objects.get(field="email").share_filled is None


def test_a_field_no_longer_mapped_is_forgotten(shop, load):
    load(shop, "id,mail,guest,born\n1,a@b.example,,\n")
    filling.measure([shop], at=LATER)
    shop.mappings.filter(field="email").delete()

    filling.measure([], at=LATER)

    assert not FieldFill.objects.filter(field="email").exists()


def test_of_a_large_table_rows_all_over_it_are_looked_at(shop, load, monkeypatch):
    monkeypatch.setattr(filling, "_MOST_ROWS", 80)
    load(shop, "id,mail,guest,born\n" + "".join(
        f"{n},{f'{n}@b.example' if n % 2 else ''},,\n" for n in range(800)
    ))  # fmt: skip

    filling.measure([shop], at=LATER)

    assert fill(shop, "email") == (80, 40)


def test_a_stream_whose_rows_were_not_met_is_asked_for_its_own(shop, load, monkeypatch):
    monkeypatch.setattr(filling, "_MOST_ROWS", 40)
    crm = loading.stream(CUSTOMERS, grain="customer", of=make.system("crm"))
    load(shop, "id,mail,guest,born\n" + "".join(f"{n},,,\n" for n in range(395)))
    load(crm, "id,mail,guest,born\n" + "".join(f"{n},a@b.example,,\n" for n in range(5)),
         name="crm.csv")  # fmt: skip

    filling.measure([shop, crm], at=LATER)

    assert fill(crm, "email") == (5, 5)


def test_the_dictionary_is_told_of_every_stream_that_fills_a_field(shop, load):
    load(shop, "id,mail,guest,born\n1,a@b.example,,\n2,,,\n", at=FIRST)
    observing.observe(at=LATER)

    assert observed.of_field("customer.email") == [
        Observation("shop/rows", 2, 1, FIRST)
    ]
    assert observed.of_field("order.status") == []


def test_a_night_without_news_looks_at_nothing(shop, load, django_assert_num_queries):
    load(shop, "id,mail,guest,born\n1,a@b.example,,\n")
    assert observing.observe(at=LATER) == "Looked at 1 stream."

    with django_assert_num_queries(10):
        assert observing.observe(at=LATER) == "Nothing new to look at."


def test_the_page_of_a_field_says_how_full_it_is(shop, load, client):
    agreed.dictionary(customer__email="personal", customer__phone="personal")
    load(shop, "id,mail,guest,born\n1,a@b.example,,\n2,,,\n3,,,\n", at=FIRST)
    observing.observe(at=LATER)
    client.force_login(make.user())

    page = client.get("/dictionary/field/customer.email/")
    other = client.get("/dictionary/field/customer.phone/")
    earlier = client.get("/dictionary/field/customer.email/?as_of=2026-05-01")

    row = re.findall(
        r'<tr>\s*<th scope="row"><a href="/sources/shop/rows/">.*?</tr>',
        page.text,
        re.S,
    )
    assert re.sub("<[^>]*>", " ", row[0]).split() == [
        "shop/rows", "33", "%", "3", "28", "Feb", "2026,", "19:00",
    ]  # fmt: skip
    assert ["How full it is" in each.text for each in (page, other, earlier)] == [
        True, False, False,
    ]  # fmt: skip
