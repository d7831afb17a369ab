"""Night after night, with stewards who decide between them: what holds whatever they say."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.models import User
from identity import ledger, queue, stitching
from identity.models import Link, MatchCandidate, MatchCandidateQuerySet, StitchedRecord
from tests import make
from tests.identity import drawn
from tests.identity.test_any_order import shops

pytestmark = pytest.mark.django_db

START = make.moment("2026-03-01")
SAME, DIFFERENT = MatchCandidate.Status.SAME, MatchCandidate.Status.DIFFERENT

answers = st.lists(st.sampled_from(["yes", "no", "later"]), max_size=4)
lives = st.lists(st.tuples(shops(), answers), min_size=1, max_size=3)
rarely = settings(max_examples=10, deadline=None)


def lived(life: list[tuple[list[drawn.Row], list[str]]]) -> drawn.Shop:
    """Return a shop after these nights: rows come, people are stitched, stewards decide."""
    shop, steward = drawn.shop(), make.user(role="steward")
    for night, (rows, decisions) in enumerate(life):
        shop.write(rows)
        stitching.stitch(at=START + timedelta(days=night))
        waiting = undecided(shop).order_by("pk")
        for pair, decision in zip(list(waiting), decisions, strict=False):
            decide(pair, decision, steward, START + timedelta(days=night, hours=9))
    stitching.stitch(at=START + timedelta(days=30))
    return shop


def undecided(shop: drawn.Shop) -> MatchCandidateQuerySet:
    return MatchCandidate.objects.undecided().filter(
        left__system__storefront=shop.storefront
    )


def decide(pair: MatchCandidate, decision: str, by: User, at: datetime) -> None:
    ends = {"yes": queue.approve, "no": queue.reject}
    if decision not in ends:
        return
    try:
        ends[decision](candidate_id=pair.pk, by=by, reason="I asked them.", at=at)
    except (queue.SamePerson, queue.SaidDifferent):
        return


def of_pairs(status: str) -> Iterator[tuple[int, int]]:
    """Yield the people of both records of each pair that was answered so."""
    person = dict(Link.objects.as_of(None).values_list("record", "person"))
    for left, right in MatchCandidate.objects.filter(status=status).values_list(
        "left", "right"
    ):
        yield person[left], person[right]


@rarely
@given(lives)
def test_what_stewards_said_holds_on_every_later_night(life):
    lived(life)

    assert [(one, other) for one, other in of_pairs(SAME) if one != other] == []
    assert [(one, other) for one, other in of_pairs(DIFFERENT) if one == other] == []
    assert ledger.overlapping() == []


@rarely
@given(lives)
def test_reading_everybody_again_changes_nobody(life):
    """Worked out piece by piece or all at once, people are the same."""
    shop = lived(life)
    before = shop.people()
    StitchedRecord.objects.all().delete()

    stitched = stitching.stitch(at=START + timedelta(days=31))

    assert shop.people() == before
    assert stitched.linked == 0


@rarely
@given(lives)
def test_what_happens_later_changes_no_earlier_moment(life):
    shop = lived(life[:-1] or life)
    told = START + timedelta(days=30, hours=12)
    before = dict(Link.objects.as_of(told).values_list("record", "person"))

    shop.write(life[-1][0])
    stitching.stitch(at=START + timedelta(days=31))

    after = dict(Link.objects.as_of(told).values_list("record", "person"))
    assert after == before
