"""What stewards are asked by weights: likely pairs, once, with what says so."""

import json
import math
from dataclasses import replace
from decimal import Decimal
from functools import cache

import numpy as np
import pyarrow as pa
import pytest

from identity import doubts, policy, queue, stitching, weights
from identity.doubts import Doubts
from identity.matching import engine
from identity.matching.model import Model
from identity.models import Link, MatchCandidate, Weighing
from identity.policy import Scoring
from measurement.models import OrderLine
from tests import make

pytestmark = pytest.mark.django_db

AT = make.moment("2026-03-01")
NEXT = make.moment("2026-03-02")
FIRST = ("Ada", "Bo", "Cy", "Dora", "Emil", "Fay", "Gus", "Hilda", "Ivo", "June")
LAST = (
    "Abel",
    "Brook",
    "Cole",
    "Drake",
    "Ellis",
    "Frost",
    "Grove",
    "Hart",
    "Ives",
    "Jay",
)


@cache
def learned() -> Model:
    """Weights estimated from a thousand people, of whom every third stands twice."""
    rng = np.random.default_rng(3)
    rows = []
    for number in range(1_000):
        first, last = (names[rng.integers(10)] for names in (FIRST, LAST))
        last += f"{'abcdefghij'[rng.integers(10)]}{'klmnopqrst'[rng.integers(10)]}"
        said = {
            "first": first, "last": last, "phone": f"+44207946{number:04}",
            "email": f"{first}.{last}{number}@mail.example",
            "cross_id": f"{rng.integers(10**12):012}", "source": "shop",
            "account_of": None, "birth": None, "country": "GB", "is_guest": False,
        }  # fmt: skip
        rows.append(said)
        if number % 3 == 0:
            rows.append({**said, "source": "crm", "email": f"{number}@work.example"})
    table = pa.Table.from_pylist(rows)
    table = table.append_column("record", pa.array(range(len(rows)), pa.int64()))
    return engine.match(table).model


@pytest.fixture
def agreed() -> policy.Policy:
    kept = weights.keep(
        json.loads(learned().to_json()), answers=0, measured={}, by=None, at=AT
    )
    begun = policy.beginning()
    # Who is audited is not what is looked at here.
    asking = replace(begun.asking, audits_per_band=0)
    return replace(begun, scoring=Scoring(model=kept.digest), asking=asking)


@pytest.fixture
def shop():
    return make.system("till", kind="shop")


@pytest.fixture
def crm(shop):
    return make.system("hub", kind="crm", of=shop.storefront)


def stitched_and_asked(agreed, *, at=AT) -> Doubts:
    stitching.stitch(at=at, agreed=agreed)
    return doubts.ask(at=at, agreed=agreed)


def twice(shop, crm, *, slip="Hildda"):
    """Somebody whose name was typed with a slip, under the number they gave before."""
    return (
        make.record("Hilda Brookak", of=shop, phone="+442079460007"),
        make.record(f"{slip} Brookak", of=crm, phone="+442079460007"),
    )


def test_a_pair_no_rule_would_ask_about_is_asked_about_where_weights_hold_it_likely(
    agreed, shop, crm
):
    twice(shop, crm)

    asked = stitched_and_asked(agreed)

    pair = MatchCandidate.objects.get()
    assert (pair.evidence, pair.guard) == (
        "Several things they share, weighed together.",
        "The weights do not settle it.",
    )
    assert asked == Doubts(
        pairs=1, asked=1,
        message=f"{shop.storefront.name}: 1 pair weighed, 1 newly asked about.",
    )  # fmt: skip


def test_what_says_so_adds_up_to_how_likely_it_is(agreed, shop, crm):
    twice(shop, crm)

    stitched_and_asked(agreed)

    pair = MatchCandidate.objects.get()
    bits = sum(step["bits"] for step in pair.waterfall)
    assert 1 / (1 + 2**-bits) == pytest.approx(pair.score, abs=0.002)
    assert "Phone: equal." in [step["sentence"] for step in pair.waterfall]


def test_a_pair_a_rule_asked_about_is_told_how_likely_it_is(agreed, shop, crm):
    make.record("Hilda Brookak", of=shop, email="hb@mail.example")
    make.record("Gus Brookak", of=crm, email="hb@mail.example")

    stitched_and_asked(agreed)

    pair = MatchCandidate.objects.get()
    assert (pair.evidence, pair.guard, bool(pair.waterfall)) == (
        "The same e-mail address.", "The first names differ.", True,
    )  # fmt: skip
    assert pair.model_version == agreed.scoring.model


def test_an_answer_puts_at_risk_what_the_smaller_of_the_two_spent(agreed, shop, crm):
    records = twice(shop, crm)
    for record, spent in zip(records, ("30", "12.50"), strict=True):
        order = make.order(record, AT)
        OrderLine.objects.create(
            order=order, source_id="1", kind="sale", quantity=1,
            amount=spent, amount_shop=spent, amount_reporting=spent, run=1,
        )  # fmt: skip

    stitched_and_asked(agreed)

    pair = MatchCandidate.objects.get()
    assert (pair.value_at_risk, pair.impact) == (Decimal("12.50"), 2)


def test_nobody_is_joined_by_weights(agreed, shop, crm):
    twice(shop, crm)

    stitched_and_asked(agreed)

    people = Link.objects.as_of(None).values("person").distinct()
    assert people.count() == 2


def test_namesakes_who_share_nothing_else_are_not_asked_about(agreed, shop, crm):
    make.record("Hilda Brookak", of=shop, phone="+442079460007")
    make.record("Hilda Brookak", of=crm, phone="+442079460999")

    stitched_and_asked(agreed)

    assert not MatchCandidate.objects.exists()


def test_two_people_are_asked_about_once_by_whichever_of_their_records(
    agreed, shop, crm
):
    """Two of their records are one person by a rule, and like a third one, both."""
    make.record("Hilda Brookak", of=shop, phone="+442079460007", email="h@mail.example")
    make.record("Hilda Brookak", of=crm, phone="+442079460007", email="h@mail.example")
    make.record("Hildda Brookak", of=crm, phone="+442079460007")

    stitched_and_asked(agreed)

    assert MatchCandidate.objects.count() == 1


def test_who_was_said_not_to_be_the_same_is_not_asked_about_again(agreed, shop, crm):
    twice(shop, crm)
    stitched_and_asked(agreed)
    steward = make.user(role="steward")
    queue.reject(
        candidate_id=MatchCandidate.objects.get().pk, by=steward, reason="No.", at=AT
    )
    make.record("Fay Jayjt", of=shop)

    again = stitched_and_asked(agreed, at=NEXT)

    assert (again.asked, MatchCandidate.objects.get().status) == (0, "different")


def test_where_nothing_is_known_otherwise_nothing_is_weighed_again(agreed, shop, crm):
    twice(shop, crm)
    stitched_and_asked(agreed)

    again = doubts.ask(at=NEXT, agreed=agreed)

    assert again == Doubts(pairs=0, asked=0, message="")
    assert Weighing.objects.count() == 1


@pytest.mark.parametrize("changed", ["policy", "records"])
def test_what_changed_is_weighed_again(agreed, shop, crm, changed):
    twice(shop, crm)
    stitched_and_asked(agreed)
    if changed == "records":
        make.record("Fay Jayjt", of=shop)
    else:
        agreed = replace(
            agreed, thresholds=replace(agreed.thresholds, ask_above=0.9999999)
        )

    stitched_and_asked(agreed, at=NEXT)

    assert Weighing.objects.count() == 2


def test_too_few_records_tell_no_weights_and_are_asked_about_by_rules_alone(shop, crm):
    twice(shop, crm)

    asked = stitched_and_asked(policy.beginning())

    assert asked == Doubts(pairs=0, asked=0, message="")


def test_nobody_is_weighed_against_another_storefronts_records(agreed, shop):
    elsewhere = make.system("other", kind="shop")
    make.record("Hilda Brookak", of=shop, phone="+442079460007")
    make.record("Hildda Brookak", of=elsewhere, phone="+442079460007")

    stitched_and_asked(agreed)

    assert not MatchCandidate.objects.exists()


def test_a_pair_that_weighs_otherwise_by_now_is_told_so(agreed, shop, crm):
    _, contact = twice(shop, crm)
    stitched_and_asked(agreed)
    before = MatchCandidate.objects.get()
    contact.email = "hilda@mail.example"
    contact.phone = "+442079460999"
    contact.save()

    stitched_and_asked(agreed, at=NEXT)

    after = MatchCandidate.objects.get()
    assert after.score < before.score
    assert math.isclose(before.rank, after.rank) is False
