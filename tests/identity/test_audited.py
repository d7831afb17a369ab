"""Audits: drawn at random, read like any pair, and what they let join."""

from dataclasses import replace

import pytest

from identity import audited, doubts, drawing, policy, queue, stitching
from identity.matching import audits
from identity.models import Audit, LikelyPair, Link, MatchCandidate
from tests import make
from tests.identity.audit_rows import audit
from tests.identity.test_doubts import AT, NEXT, agreed, crm, shop

__all__ = ["agreed", "crm", "shop"]

pytestmark = pytest.mark.django_db
LATER = make.moment("2026-03-03")


@pytest.fixture
def drawing_audits(agreed):
    return replace(agreed, asking=replace(agreed.asking, audits_per_band=2))


@pytest.fixture
def steward():
    return make.user(role="steward")


def answered(storefront, *, right: int, wrong: int = 0, probability: float = 0.9995):
    """Audits of so many pairs as likely as that, and what they were found to be."""
    till, steward = make.system(of=storefront), make.user(role="steward")
    for number in range(right + wrong):
        pair = make.candidate(make.record(of=till), make.record(of=till))
        pair.status = "same" if number < right else "different"
        pair.wants, pair.decided_by, pair.decided_at = "", steward, AT
        pair.save()
        audit(candidate=pair, probability=probability)


def joins_from(storefront, approved: float) -> float:
    begun = policy.beginning()
    thresholds = replace(begun.thresholds, auto_precision=approved)
    return audited.joins_from(storefront, replace(begun, thresholds=thresholds))


def test_a_band_nobody_has_audited_joins_nobody():
    assert joins_from(make.storefront(), 0.5) == audits.NEVER


@pytest.mark.parametrize(("right", "least"), [(34, audits.NEVER), (35, 0.999)])
def test_a_band_joins_by_the_lower_end_of_the_interval_and_not_by_the_share(
    right, least
):
    storefront = make.storefront()
    answered(storefront, right=right)

    found = joins_from(storefront, 0.9)

    # Whoever went by the share that was counted would join in both cases: all were right.
    assert found == least


def test_a_band_below_one_that_may_not_join_does_not_either():
    storefront = make.storefront()
    answered(storefront, right=40, probability=0.995)
    answered(storefront, right=30, wrong=10)

    assert joins_from(storefront, 0.9) == audits.NEVER


def test_audits_of_another_storefront_show_nothing():
    storefront = make.storefront()
    answered(make.storefront(), right=40)

    assert joins_from(storefront, 0.9) == audits.NEVER


@pytest.mark.parametrize(
    "unsettled",
    [
        {
            "status": "doubtful",
            "wants": "doubt",
            "decided_by": None,
            "decided_at": None,
        },
        {"wants": "third"},
        {"wants": "again"},
    ],
)
def test_a_doubt_counts_once_it_is_settled(unsettled):
    storefront = make.storefront()
    answered(storefront, right=35)
    last = Audit.objects.last().candidate
    for name, value in unsettled.items():
        setattr(last, name, value)
    last.save()

    assert joins_from(storefront, 0.9) == audits.NEVER


def test_a_pair_counts_in_the_band_the_weights_of_now_put_it_in():
    storefront = make.storefront()
    answered(storefront, right=35)

    Audit.objects.update(probability=0.97)

    assert joins_from(storefront, 0.9) == audits.NEVER


def test_each_night_draws_until_so_many_of_each_band_wait(drawing_audits, shop, crm):
    for number in range(4):
        make.record("Hilda Brookak", of=shop, phone=f"+4420794600{number:02}")
        make.record("Hilda Brookak", of=crm, phone=f"+4420794600{number:02}")
    stitching.stitch(at=AT, agreed=drawing_audits)
    doubts.ask(at=AT, agreed=drawing_audits, run="night 7")
    first = list(Audit.objects.values_list("pk", flat=True))
    make.record("Gus Brookak", of=shop, phone="+442079460000")
    stitching.stitch(at=NEXT, agreed=drawing_audits)

    doubts.ask(at=NEXT, agreed=drawing_audits, run="night 8")

    waiting = [
        Audit.objects.filter(probability__gte=floor, probability__lt=ceiling).count()
        for floor, ceiling in audited.RANGES
    ]
    assert max(waiting) == 2
    assert (
        list(Audit.objects.filter(run="night 7").values_list("pk", flat=True)) == first
    )
    assert (
        Audit.objects.filter(pk__in=first)
        .first()
        .seed.startswith(f"night 7 {shop.storefront.key} ")
    )


def test_the_same_night_draws_the_same_pairs(drawing_audits, shop, crm):
    for number in range(6):
        make.record("Hilda Brookak", of=shop, phone=f"+4420794600{number:02}")
        make.record("Hilda Brookak", of=crm, phone=f"+4420794600{number:02}")
    stitching.stitch(at=AT, agreed=drawing_audits)
    weighed = doubts._judged(shop.storefront, drawing_audits)

    one, again, other = (
        drawing.draw(shop.storefront, weighed, per_band=2, night=night)
        for night in ("night 7", "night 7", "night 8")
    )

    assert one == again
    assert one != other


def test_pairs_that_rules_joined_are_drawn_too(drawing_audits, shop, crm):
    make.record("Hilda Brookak", of=shop, email="hb@mail.example")
    make.record("Hilda Brookak", of=crm, email="hb@mail.example")
    stitching.stitch(at=AT, agreed=drawing_audits)

    doubts.ask(at=AT, agreed=drawing_audits)

    drawn = Audit.objects.select_related("candidate").get()
    assert (drawn.was_one_person, drawn.candidate.wants) == (True, "first")


def audited_pair(drawing_audits, shop, crm) -> MatchCandidate:
    """A pair that rules have joined, and that waits to be audited."""
    make.record("Hilda Brookak", of=shop, email="hb@mail.example")
    make.record("Hilda Brookak", of=crm, email="hb@mail.example")
    stitching.stitch(at=AT, agreed=drawing_audits)
    doubts.ask(at=AT, agreed=drawing_audits)
    return Audit.objects.get().candidate


def say(pair, said, by, at=NEXT):
    queue.claim(candidate_id=pair.pk, by=by, at=at)
    given = queue.Given(said, pair.evidence_digest, "Read both.")
    return queue.answer(candidate_id=pair.pk, given=given, by=by, at=at)


def people() -> int:
    return Link.objects.as_of(None).values("person").distinct().count()


def test_who_audits_two_that_rules_joined_may_confirm_it(
    drawing_audits, shop, crm, steward
):
    pair = audited_pair(drawing_audits, shop, crm)

    given = say(pair, "merge", steward)
    stitching.stitch(at=LATER, agreed=drawing_audits)

    assert (given.merge, people()) == (None, 1)
    assert Audit.objects.settled().count() == 1


def test_an_audit_that_finds_two_people_parts_them_with_the_next_night(
    drawing_audits, shop, crm, steward
):
    pair = audited_pair(drawing_audits, shop, crm)

    say(pair, "not_same", steward)
    stitching.stitch(at=LATER, agreed=drawing_audits)

    assert people() == 2


def test_nothing_learns_from_an_audit(drawing_audits, shop, crm, steward):
    say(audited_pair(drawing_audits, shop, crm), "merge", steward)

    assert list(queue.labels()) == []


def six_twice(shop, crm) -> None:
    """Six people, each of two records that no rule joins."""
    for number in range(6):
        for system in (shop, crm):
            make.record(
                "Hilda Brookak", of=system, phone=f"+4420794600{number:02}",
                street=f"{number} Quay", postcode=f"AB1 {number}CD",
            )  # fmt: skip


@pytest.fixture
def shown_by_four(agreed):
    """Four audits without an error show that a band is right more often than not."""
    return replace(
        agreed,
        thresholds=replace(agreed.thresholds, auto_precision=0.5),
        asking=replace(agreed.asking, audits_per_band=4),
    )


def a_night(agreed, day: int) -> None:
    at = make.moment(f"2026-03-{day:02}")
    stitching.stitch(at=at, agreed=agreed)
    doubts.ask(at=at, agreed=agreed)


@pytest.mark.parametrize(("said", "left"), [("merge", 6), ("not_same", 12)])
def test_what_audits_show_to_be_right_joins_with_the_next_night(
    shown_by_four, shop, crm, steward, said, left
):
    six_twice(shop, crm)
    a_night(shown_by_four, 1)
    surest = Audit.objects.filter(probability__gte=0.999)
    drawn = [each.candidate for each in surest.select_related("candidate")]

    for pair in drawn:
        say(pair, said, steward)
    a_night(shown_by_four, 3)
    before = LikelyPair.objects.exclude(
        left__in=[pair.left_id for pair in drawn]
    ).count()
    a_night(shown_by_four, 4)

    assert (len(drawn), before, people()) == (4, 2 if said == "merge" else 0, left)


def test_it_comes_apart_when_later_audits_find_errors(
    shown_by_four, shop, crm, steward
):
    six_twice(shop, crm)
    a_night(shown_by_four, 1)
    surest = Audit.objects.filter(probability__gte=0.999)
    for each in surest.select_related("candidate"):
        say(each.candidate, "merge", steward)
    a_night(shown_by_four, 3)
    a_night(shown_by_four, 4)
    joined = people()
    others = surest.open().select_related("candidate")

    for each in others:
        say(each.candidate, "not_same", steward, at=make.moment("2026-03-05"))
    a_night(shown_by_four, 6)
    a_night(shown_by_four, 7)

    assert (joined, people(), LikelyPair.objects.count()) == (6, 8, 0)
