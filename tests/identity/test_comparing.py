"""What a steward is shown of two records."""

from datetime import date

import pytest

from identity.comparing import Line, side_by_side
from identity.models import Link
from measurement.models import CustomerRecord, Identifier
from tests import make

pytestmark = pytest.mark.django_db


def shown(left: CustomerRecord, right: CustomerRecord) -> dict[str, Line]:
    return {line.label: line for line in side_by_side(make.candidate(left, right))}


def test_what_neither_says_is_left_out():
    lines = shown(make.record("Ada"), make.record("Ada"))

    assert list(lines) == ["System", "Id", "Kind", "First name", "Orders"]


def test_what_one_says_and_the_other_does_not_differs_from_nothing():
    lines = shown(make.record("Ada", phone="020 7946 0123"), make.record("Bo"))

    assert lines["Phone"] == Line("Phone", "020 7946 0123", "—", differs=False)
    assert lines["First name"] == Line("First name", "Ada", "Bo", differs=True)


@pytest.mark.parametrize(
    ("one", "other", "differs"),
    [("Ada", " ADA ", False), ("Straße", "STRASSE", False), ("Ada", "Ada B", True)],
)
def test_case_and_margins_are_no_difference(one, other, differs):
    left, right = make.record(last_name=one), make.record(last_name=other)

    assert shown(left, right)["Last name"].differs is differs


def test_dates_and_moments_are_written_out():
    left = make.record(birth_on=date(1980, 2, 29), created_at=make.moment("2026-03-29"))
    right = make.record(birth_on=date(1980, 3, 1))
    lines = shown(left, right)

    assert lines["Born on"] == Line("Born on", "1980-02-29", "1980-03-01", differs=True)
    assert lines["Created"].left == "2026-03-29 00:00 UTC"


def test_a_guest_is_called_one():
    lines = shown(make.record(is_guest=True), make.record())

    assert (lines["Kind"].left, lines["Kind"].right) == ("guest checkout", "customer")


def test_orders_are_counted_with_their_first_and_last_day():
    left, right = make.record(), make.record()
    for day in ("2024-02-29", "2025-12-31", "2025-01-01"):
        make.order(left, make.moment(day))

    lines = shown(left, right)

    assert lines["Orders"].left == "3, 2024-02-29 to 2025-12-31"
    assert lines["Orders"].right == "none"


def test_ids_elsewhere_are_told_in_order():
    left = make.record()
    for kind, value in (("shop_customer_id", "9"), ("loyalty", "2"), ("loyalty", "10")):
        Identifier.objects.create(customer=left, kind=kind, value=value, run=1)

    lines = shown(left, make.record())

    theirs = left.identifiers.order_by("kind", "value")
    assert lines["Ids elsewhere"].left == ", ".join(map(str, theirs))


@pytest.mark.parametrize(
    ("others", "told"), [(1, ""), (4, ""), (5, " and 1 more"), (7, " and 3 more")]
)
def test_of_many_other_records_four_are_named_and_the_rest_counted(others, told):
    left = make.record()
    rest = [make.record(f"Ada{n}") for n in range(others)]
    make.person(left, *rest)

    line = shown(left, make.record())["Same person as"]

    names = [f"{record} ({record.system})" for record in rest[:4]]
    assert line.left == ", ".join(names) + told


def test_who_was_the_same_person_and_is_not_now_is_not_told():
    left, once = make.record(), make.record("Once")
    make.person(left)
    Link.objects.create(
        record=once,
        person=left.links.get().person,
        started_at=make.moment("2020-01-01"),
        ended_at=make.moment("2021-01-01"),
        reason="email",
    )

    assert "Same person as" not in shown(left, make.record())


def test_what_is_typed_is_shown_as_it_was_typed():
    odd = "<script>ada</script> \u202edrol"

    lines = shown(make.record(last_name=odd), make.record())

    assert lines["Last name"].left == odd
