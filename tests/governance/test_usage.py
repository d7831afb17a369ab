"""Which fields anybody still needs: looked up by people, or read by the steps."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from governance import usage
from governance.changes import Proposed
from governance.models import LookUp
from tests import make
from tests.governance import requests

pytestmark = pytest.mark.django_db

# What is defined now is old enough by then to be missed.
LATER = timedelta(days=100)
# Nobody computes with it, and no page shows it.
FIELD = "order.gift_note"


@pytest.fixture
def domain():
    return make.domain("orders")


@pytest.fixture
def later():
    """A day a hundred days on, with look-ups counted since today."""
    today = timezone.now()
    usage.note("kpi", "anything", on=today.date())
    return today + LATER


def agreed(domain, *keys: str, **said) -> None:
    requests.applied(
        *(requests.field(domain, key, **said) for key in keys), domain=domain
    )


def unread(at) -> list[str]:
    return [each.key for each in usage.unread(at=at)]


def mapped(domain, field: str) -> None:
    """Have a stream fill the field, as an approved mapping would."""
    grain, _, name = field.partition(".")
    stream = make.stream(f"{grain}s", of=make.system("till"))
    shop = stream.system.storefront
    place = {"name": shop.name, "time_zone": "UTC", "currency": "USD"}
    source = {
        **place,
        "name": "Till",
        "kind": "shop",
        "storefront": shop.key,
        "cadence": "daily",
    }
    rules = {**NEEDED[grain], name: "column"}
    requests.applied(
        Proposed("storefront", shop.key, domain.key, place),
        Proposed("source", "till", domain.key, source),
        Proposed("stream", f"till/{grain}s", domain.key, {"position": stream.position, "grain": grain}),
        *(Proposed("ownership", f"{grain}.{each}", domain.key, {"owner": "shop"}) for each in rules),
        *(
            Proposed("mapping", f"till/{grain}s:{grain}.{each}", domain.key, {"rule": rule})
            for each, rule in rules.items()
        ),
        domain=domain,
    )  # fmt: skip


# Without these there is no row of it.
NEEDED = {
    "order": {
        "source_id": "id",
        "placed_at": {"column": "at", "zone": "UTC"},
        "currency": {"constant": "USD"},
    },
    "product": {"source_id": "id"},
}


def test_a_field_nobody_looked_up_for_ninety_days_is_unread(domain, later):
    agreed(domain, FIELD)

    assert unread(later) == [FIELD]


def test_a_field_that_was_looked_up_lately_is_read(domain, later):
    agreed(domain, FIELD)
    usage.note("field", FIELD, on=(later - timedelta(days=89)).date())

    assert unread(later) == []


def test_what_was_looked_up_ninety_days_ago_is_forgotten(domain, later):
    agreed(domain, FIELD)
    usage.note("field", FIELD, on=(later - timedelta(days=90)).date())

    assert unread(later) == [FIELD]


def test_a_look_up_of_another_kind_under_the_same_name_does_not_count(domain, later):
    agreed(domain, FIELD)
    usage.note("ownership", FIELD, on=later.date())

    assert unread(later) == [FIELD]


def test_what_a_row_cannot_be_without_is_never_unread(domain, later):
    agreed(domain, FIELD, required=True)

    assert unread(later) == []


def test_a_field_that_is_new_is_not_missed_yet(domain):
    agreed(domain, FIELD)
    usage.note("kpi", "anything", on=date(2020, 1, 1))

    assert unread(timezone.now() + timedelta(days=89)) == []
    assert unread(timezone.now() + timedelta(days=91)) == [FIELD]


def test_a_new_wording_does_not_make_a_field_new(domain, later):
    agreed(domain, FIELD)
    agreed(domain, FIELD, meaning="What to write on the card.")

    assert unread(later) == [FIELD]


def test_nothing_is_unread_before_anything_was_counted(domain):
    agreed(domain, FIELD)

    assert unread(timezone.now() + LATER) == []


def test_nothing_is_unread_while_counting_is_younger_than_what_is_asked_of(domain):
    agreed(domain, FIELD)
    later = timezone.now() + LATER
    usage.note("kpi", "anything", on=(later - timedelta(days=89)).date())

    assert unread(later) == []


def test_a_field_that_was_retired_is_not_asked_about(domain, later):
    agreed(domain, FIELD)
    requests.applied(
        Proposed("field", FIELD, domain.key, requests.FIELD, state="retired"),
        domain=domain,
    )

    assert unread(later) == []


def test_a_field_that_a_kpi_reads_and_nothing_fills_is_read_in_vain(domain, later):
    agreed(domain, "order.status")

    assert "order.status" in usage.read_by_steps()
    assert unread(later) == ["order.status"]


def test_a_field_that_a_source_fills_for_a_kpi_is_in_use(domain, later):
    agreed(domain, "order.status", "order.tax")
    mapped(domain, "order.status")

    assert unread(later) == ["order.tax"]


def test_a_field_that_a_source_fills_and_no_step_reads_is_unread(domain, later):
    agreed(domain, "order.status", "product.brand")
    mapped(domain, "product.brand")

    assert unread(later) == ["order.status", "product.brand"]


def test_what_we_work_out_for_a_kpi_is_in_use_without_a_source(domain, later):
    agreed(domain, "order_line.amount_shop", computed=True)

    assert unread(later) == []


def test_a_look_up_is_remembered_once_a_day_and_without_a_name(domain):
    agreed(domain, FIELD)
    client, other = Client(), Client()
    client.force_login(make.user())
    other.force_login(make.user(role="steward"))

    for each in (client, client, other):
        assert each.get(f"/dictionary/field/{FIELD}/").status_code == 200

    kept = LookUp.objects.filter(key=FIELD).values_list("kind", "key", "on")
    assert list(kept) == [("field", FIELD, timezone.now().date())]
    assert {each.name for each in LookUp._meta.fields} == {"id", "kind", "key", "on"}


def test_what_is_not_there_is_not_remembered(domain):
    client = Client()
    client.force_login(make.user())

    answered = client.get("/dictionary/field/order.pigeon/").status_code

    assert (answered, LookUp.objects.count()) == (404, 0)


def test_remembering_a_look_up_takes_one_statement(django_assert_num_queries):
    usage.note("field", FIELD, on=date(2026, 3, 1))

    with django_assert_num_queries(1):
        usage.note("field", FIELD, on=date(2026, 3, 1))


def test_every_field_that_a_step_is_said_to_read_is_in_the_dictionary():
    from governance.starter import pack

    known = {each.key for each in pack.definitions() if each.kind == "field"}

    assert usage.read_by_steps() - known == set()
