"""What is looked at every night: the ledger's links, and whom somebody held apart."""

import pytest

from identity import checks, ledger
from identity.models import Link
from tests import make

pytestmark = pytest.mark.django_db
AT = make.moment("2026-03-01")


def test_links_as_the_ledger_wrote_them_pass():
    ledger.move([], {}, reasons={}, at=AT)

    checks.refuse_other_links()


def test_a_link_nobody_wrote_an_event_for_stops_the_night():
    record = make.record()
    Link.objects.create(
        record=record, person=make.person(), started_at=AT, reason="email"
    )

    with pytest.raises(checks.LinksDiffer) as stopped:
        checks.refuse_other_links()

    assert str(stopped.value) == (
        f"Of 1 record the link is not what the ledger says: {record.pk}. Nothing of this "
        f"step was kept. Find out what wrote links past the ledger before the next night."
    )


def test_nobody_held_apart_says_nothing():
    assert checks.in_words() == ""


def test_two_held_apart_who_are_one_person_are_named():
    one, other = make.record(), make.record()
    make.person(one, other)
    ledger.keep_apart(
        left=one.pk,
        right=other.pk,
        by=make.user(role="steward"),
        reason="Twins.",
        at=AT,
    )

    assert checks.in_words() == (
        f"Held apart, and one person all the same: {one.pk} and {other.pk}. "
        f"Look at what joined them on the person's page."
    )
