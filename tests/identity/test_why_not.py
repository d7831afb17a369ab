"""Why two are not one: what keeps them apart, in words, and what would change it."""

from datetime import date

import pytest

from identity import keying, ledger, policy
from identity.explaining import Shared, why_not
from identity.models import MatchCandidate, QuarantinedValue
from identity.stitching import stitch
from tests import make
from tests.make import moment

pytestmark = pytest.mark.django_db

MONDAY, TUESDAY, WEDNESDAY = (moment(f"2026-03-0{day}") for day in (2, 3, 4))


@pytest.fixture
def shop():
    return make.system("shop")


@pytest.fixture
def steward():
    return make.user(role="steward")


def two(shop, *said: dict[str, object]):
    """Return guests who say this, once they were stitched."""
    made = [
        make.record(
            str(each.pop("name", "Ada Byron")), of=shop, **{"is_guest": True, **each}
        )
        for each in map(dict, said)
    ]
    stitch(at=MONDAY)
    return made


def reasons(one, other, **asked) -> list[str]:
    return [each.sentence for each in why_not(one.pk, other.pk, **asked).reasons]


def test_two_who_were_never_compared_share_nothing(shop):
    one, other = two(shop, {"email": "a@x.example"}, {"name": " Stone"})

    why = why_not(one.pk, other.pk)

    assert [(each.sentence, each.changes_if) for each in why.reasons] == [
        (
            "They share no customer id, no mailbox and no phone number.",
            "They come to share one, or all else weighs 20% or more.",
        )
    ]
    assert (why.shares, why.asked, why.is_one) == ([], None, False)


def test_a_shared_mailbox_with_another_first_name_keeps_them_two(shop):
    mailbox = {"email": "byron@x.example", "is_guest": True}
    one, other = two(shop, mailbox, {**mailbox, "name": "Eve Byron"})

    why = why_not(one.pk, other.pk)

    assert why.shares == [Shared("email", "byron@x.example")]
    assert [each.sentence for each in why.reasons] == [
        "The first names differ.",
        "A steward is asked since 02 March 2026 (waiting): of pairs like this about 17 "
        "in 100 are one person. The first names differ.",
    ]


def test_birth_dates_that_differ_are_named(shop):
    said = {"email": "ada@x.example", "is_guest": True}
    one, other = two(
        shop,
        {**said, "birth_on": date(1980, 5, 7)},
        {**said, "birth_on": date(1991, 2, 25)},
    )

    assert reasons(one, other)[0] == "The birth dates differ."


def test_two_accounts_of_one_shop_are_named(shop):
    account = {"email": "ada@x.example", "is_guest": False}
    one, other = two(shop, account, account)

    assert reasons(one, other)[0] == "Both are registered accounts of one shop."


def test_who_said_that_they_are_two_is_named_with_the_day_and_the_words(shop, steward):
    one, other = two(shop, {}, {"name": " Stone"})
    ledger.keep_apart(
        left=one.pk, right=other.pk, by=steward, reason="Twins.", at=TUESDAY
    )

    [why] = why_not(one.pk, other.pk).reasons

    assert why.sentence == (
        f"{steward} said on 03 March 2026 that {one} and {other} are not the same "
        f"person: Twins."
    )
    assert why.changes_if == (f"A steward takes that back. Speak with {steward} first.")


def test_what_was_said_later_kept_nobody_apart_before(shop, steward):
    one, other = two(shop, {}, {"name": " Stone"})
    ledger.keep_apart(
        left=one.pk, right=other.pk, by=steward, reason="Twins.", at=TUESDAY
    )

    assert reasons(one, other, as_of=MONDAY) == [
        "They share no customer id, no mailbox and no phone number."
    ]


def test_an_answer_to_their_pair_is_told_with_its_weights(shop, steward):
    one, other = two(shop, {}, {"name": " Stone"})
    pair = MatchCandidate.objects.create(
        left=one, right=other, evidence="Much.", guard="Unsure.", found_at=MONDAY,
        status="household", wants="", decided_by=steward, decided_at=TUESDAY,
        reason="They live together.",
        waterfall=[{"feature": "street", "level": "equal", "bits": 4.5, "sentence": ""}],
    )  # fmt: skip

    why = why_not(one.pk, other.pk)

    assert [(each.sentence, each.pair) for each in why.reasons] == [
        (
            f"{steward} answered on 03 March 2026: same household. They live together.",
            pair.pk,
        )
    ]
    assert (why.asked, [step.bits for step in why.steps], why.bits) == (
        pair,
        [4.5],
        4.5,
    )


def test_a_value_set_aside_says_who_set_it_aside_and_why(shop, steward):
    said = {"email": "till@x.example", "is_guest": True}
    one, other = two(shop, said, {**said, "name": "Eve Stone"})
    QuarantinedValue.objects.create(
        storefront=shop.storefront, kind="email", value="till@x.example",
        why="steward", by=steward, reason="The till's own.", since=TUESDAY,
    )  # fmt: skip
    MatchCandidate.objects.all().delete()

    assert reasons(one, other)[0] == (
        f"They share a value that joins nobody (email): {steward} set it aside on "
        f"03 March 2026: The till's own."
    )


def test_what_is_set_aside_finds_no_pair_of_its_own(shop, steward):
    said = {"email": "till@x.example", "is_guest": True}
    one = make.record("Ada Byron", of=shop, **said)
    other = make.record("Adah Stone", of=shop, **said)
    stitch(at=MONDAY)
    MatchCandidate.objects.all().delete()
    assert (
        "They share a mailbox. The first names differ by what may be a slip of the fingers."
        in reasons(one, other)
    )

    QuarantinedValue.objects.create(
        storefront=shop.storefront, kind="email", value="till@x.example",
        why="steward", by=steward, reason="The till's own.", since=TUESDAY,
    )  # fmt: skip

    assert [text for text in reasons(one, other) if "share a mailbox" in text] == []


def test_nobody_is_joined_across_shops(shop):
    other = make.record(of=make.system("elsewhere"), email="ada@x.example")
    [one] = two(shop, {"email": "ada@x.example"})

    assert reasons(one, other) == [
        "They are known at two shops, and what one shop was told is not the other's."
    ]


def test_what_a_rule_will_join_is_said_to_wait_for_the_night(shop):
    one = make.record(of=shop, email="ada@x.example", is_guest=True)
    stitch(at=MONDAY)
    other = make.record(of=shop, email="ada@x.example")
    make.person(other)
    keying.keep(keying.unread(policy.now()), policy.now())

    assert reasons(one, other) == ["Nothing keeps them apart: a rule joins them."]


def test_two_that_are_one_are_kept_apart_by_nothing(shop):
    one, other = two(
        shop,
        {"email": "ada@x.example"},
        {"email": "ada@x.example", "is_guest": True},
    )

    why = why_not(one.pk, other.pk)

    assert (why.is_one, why.reasons) == (True, [])


def test_the_judgement_is_of_the_people_and_not_of_the_two_records_alone(shop):
    one, _guest, other = two(
        shop,
        {"email": "ada@x.example"},
        {"email": "ada@x.example", "is_guest": True, "birth_on": date(1980, 5, 7)},
        {"name": "Eve Stone", "birth_on": date(1991, 2, 25)},
    )

    why = why_not(one.pk, other.pk)

    assert len(why.ones) == 2
    assert why.reasons[0].sentence == "The birth dates differ."
