"""Values that join nobody: who sets them aside, who counts them, and who lifts them."""

import pytest

from identity import quarantine, stitching
from identity.models import QuarantinedValue
from tests import make
from tests.identity import drawn
from tests.make import moment

pytestmark = pytest.mark.django_db

MONDAY, TUESDAY = moment("2026-03-02"), moment("2026-03-03")
WEDNESDAY = moment("2026-03-04")
OFFICE = "office@bell.example"


@pytest.fixture
def ann() -> drawn.Shop:
    """Ann as a contact twice and her colleague Tom, at the mailbox of their office."""
    shop = drawn.shop()
    shop.write(f"""
        record | name     | email
        crm 1  | Ann Bell | {OFFICE}
        crm 2  | Ann Bell | {OFFICE}
        crm 3  | Tom Reed | {OFFICE}
    """)
    stitching.stitch(at=MONDAY)
    return shop


def set_aside(shop: drawn.Shop, *, at=TUESDAY, kind="email", value=OFFICE):
    return quarantine.set_aside(
        storefront=shop.storefront,
        kind=kind,
        value=value,
        by=make.user(role="steward"),
        reason="The office answers it.",
        at=at,
    )


def crowd(shop: drawn.Shop, number: int, *, start: int = 10) -> None:
    shop.write(
        drawn.Row(f"crm {n}", "Ann Bell", OFFICE) for n in range(start, start + number)
    )


def counted() -> list[tuple[str, int, int]]:
    standing = QuarantinedValue.objects.standing().order_by("pk")
    return [(one.value, one.records, one.surnames) for one in standing]


def test_a_value_a_steward_sets_aside_joins_nobody_from_the_next_night_on(ann):
    before = ann.people()

    made = set_aside(ann)
    stitching.stitch(at=WEDNESDAY)

    assert before == ["crm 1 + crm 2", "crm 3"]
    assert ann.people() == ["crm 1", "crm 2", "crm 3"]
    assert (made.why, counted()) == ("steward", [(OFFICE, 3, 2)])


def test_a_value_that_was_lifted_joins_again(ann):
    made = set_aside(ann)
    stitching.stitch(at=TUESDAY)

    quarantine.lift(value_id=made.pk, at=WEDNESDAY)
    stitching.stitch(at=WEDNESDAY)

    assert ann.people() == ["crm 1 + crm 2", "crm 3"]
    made.refresh_from_db()
    assert made.lifted_at == WEDNESDAY


def test_setting_aside_in_one_shop_leaves_others_as_they_are(ann):
    other = drawn.shop()
    crowd(other, 2)
    stitching.stitch(at=MONDAY)

    set_aside(ann)
    stitching.stitch(at=WEDNESDAY)

    assert other.people() == ["crm 10 + crm 11"]


def test_a_value_is_set_aside_once_and_lifted_once(ann):
    made = set_aside(ann)

    with pytest.raises(quarantine.AlreadySetAside, match="joins nobody"):
        set_aside(ann)
    quarantine.lift(value_id=made.pk, at=WEDNESDAY)
    with pytest.raises(quarantine.NotSetAside, match="was lifted before"):
        quarantine.lift(value_id=made.pk, at=WEDNESDAY)


def test_a_crowd_is_set_aside_with_the_night_that_finds_it():
    shop = drawn.shop()
    crowd(shop, drawn.MOST_SHARING + 1)

    stitching.stitch(at=MONDAY)

    [made] = QuarantinedValue.objects.all()
    assert (made.storefront, made.kind, made.why, made.since, made.by) == (
        shop.storefront, "email", "crowded", MONDAY, None,
    )  # fmt: skip
    assert counted() == [(OFFICE, drawn.MOST_SHARING + 1, 1)]


def test_who_joins_a_crowd_is_counted_and_joined_to_nobody():
    shop = drawn.shop()
    crowd(shop, drawn.MOST_SHARING + 1)
    stitching.stitch(at=MONDAY)
    shop.write([drawn.Row("crm 90", "Ann Hart", OFFICE)])

    stitching.stitch(at=TUESDAY)

    assert counted() == [(OFFICE, drawn.MOST_SHARING + 2, 2)]
    assert len(shop.people()) == drawn.MOST_SHARING + 2
    assert QuarantinedValue.objects.count() == 1


def test_a_crowd_that_is_none_any_more_is_lifted_by_whoever_touches_it():
    """Guests who say the same are one voice: corrected, eight of them are no crowd."""
    shop = drawn.shop()
    shop.write(
        drawn.Row(f"guest {n}", f"Ann B{'e' * n}ll", OFFICE)
        for n in range(drawn.MOST_SHARING + 1)
    )
    stitching.stitch(at=MONDAY)
    before = (len(shop.people()), len(counted()))
    shop.write(
        drawn.Row(f"guest {n}", "Ann Bell", OFFICE)
        for n in range(drawn.MOST_SHARING + 1)
    )
    shop.write([drawn.Row("crm 1", "Zoe Hart", "zoe@home.example")])

    stitching.stitch(at=TUESDAY)

    assert before == (drawn.MOST_SHARING + 1, 1)
    assert (len(shop.people()), counted()) == (2, [])


def test_a_crowd_beyond_doubt_is_not_loaded_for_everyone_who_joins_it(
    monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr(quarantine, "_SURELY_A_CROWD", 5)
    shop = drawn.shop()
    crowd(shop, drawn.MOST_SHARING + 1)
    stitching.stitch(at=MONDAY)
    shop.write([drawn.Row("crm 90", "Ann Hart", OFFICE)])
    seen = []
    known = stitching._work_out
    monkeypatch.setattr(
        stitching,
        "_work_out",
        lambda records, *given: (seen.append(len(records)), known(records, *given))[1],
    )

    stitching.stitch(at=TUESDAY)

    assert seen == [1]
    assert counted() == [(OFFICE, drawn.MOST_SHARING + 2, 2)]


def test_hundreds_of_records_that_share_a_value_end_set_aside():
    shop = drawn.shop()
    crowd(shop, 300)

    stitching.stitch(at=MONDAY)

    assert len(shop.people()) == 300
    assert counted() == [(OFFICE, 300, 1)]
