"""How much of a kind one person may carry, as it was agreed on."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.models import Operation
from identity import clusters, explaining, limits, policy, stitching
from identity.clusters import Said
from identity.evidence import Facts
from identity.models import MatchCandidate, QuarantinedValue
from identity.rules import Identifier
from measurement.models import CustomerRecord
from measurement.models import Identifier as Carried
from tests.identity import drawn
from tests.identity.test_policy import identifier
from tests.identity.test_policy import vars_of as said_of
from tests.make import moment

MONDAY, TUESDAY = moment("2026-03-02"), moment("2026-03-03")
CARD = Identifier("loyalty", "Loyalty number", is_unique=True)
ONE_EACH = "They have two values of what everybody has one of: Loyalty number."
TOO_MANY = (
    "Together they would have more values than one person may have: Loyalty number."
)
NEW_YEAR, SPRING, SUMMER = date(2026, 1, 1), date(2026, 3, 1), date(2026, 7, 1)


def agreed(domain, key, **parts):
    """Return the policy as it would be with this agreed on of the identifier."""
    return policy.proposed([Operation(**said_of(identifier(domain, key, **parts)))])


def carrying(*values, on=None):
    return limits.carried([("loyalty", value) for value in values], on)


@pytest.mark.parametrize(
    ("ours", "theirs", "refused"),
    [
        (["1"], ["2"], ONE_EACH),
        (["1"], ["1"], ""),
        # Who changed the card carries both, and leads from the one to the other.
        (["1", "2"], ["2"], ""),
        (["1", "2"], ["3"], ONE_EACH),
        ([], ["2"], ""),
    ],
)
def test_of_what_everybody_has_one_two_are_two_people(ours, theirs, refused):
    both = carrying(*ours), carrying(*theirs)

    assert limits.refusal(*both, [CARD]) == refused
    assert limits.refusal(*reversed(both), [CARD]) == refused


@pytest.mark.parametrize(
    ("most", "days", "refused"),
    [(2, 0, TOO_MANY), (3, 0, ""), (2, 30, ""), (2, 90, TOO_MANY), (0, 0, "")],
)
def test_so_many_values_one_person_has_within_so_many_days(most, days, refused):
    may = Identifier("loyalty", "Loyalty number", most_values=most, window_days=days)
    ours = limits.together(carrying("1", on=NEW_YEAR), carrying("2", on=SPRING))

    assert limits.refusal(ours, carrying("3", on=SPRING), [may]) == refused


def test_who_has_too_many_already_may_be_joined_to_who_adds_none():
    may = Identifier("loyalty", "Loyalty number", most_values=1)

    assert limits.refusal(carrying("1", "2"), carrying("2"), [may]) == ""
    assert limits.refusal(carrying("1", "2"), carrying("3"), [may]) == TOO_MANY


dated = st.lists(
    st.tuples(st.integers(1, 5), st.dates(NEW_YEAR, SUMMER) | st.none()), max_size=12
)


@given(dated, st.integers(0, 200))
def test_most_at_once_is_what_counting_day_by_day_finds(said, days):
    always = {value for value, on in said if on is None}
    ends = [on for _, on in said if on is not None] or [NEW_YEAR]
    by_day = [
        {
            value
            for value, on in said
            if on is None or not days or 0 <= (end - on).days < days
        }
        for end in ends
    ]

    assert limits.most_at_once(said, days) == max(map(len, [always, *by_day]))


def card(shop, name, value):
    Carried.objects.create(
        customer=shop.record(name), kind="loyalty", value=value, run=1
    )


@pytest.fixture
def ann(db):
    """Ann as a contact twice, at one mailbox, with two cards."""
    shop = drawn.shop()
    shop.write("""
        record | name     | email
        crm 1  | Ann Bell | ann@home.example
        crm 2  | Ann Bell | ann@home.example
    """)
    card(shop, "crm 1", "290044")
    card(shop, "crm 2", "290055")
    return shop


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [({"is_unique": True}, ONE_EACH), ({"most_values": 1}, TOO_MANY)],
)
def test_what_one_person_may_not_carry_is_a_question_in_words(
    ann, domain, parts, sentence
):
    stitching.stitch(at=MONDAY, agreed=agreed(domain, "loyalty", **parts))

    assert ann.people() == ["crm 1", "crm 2"]
    [pair] = MatchCandidate.objects.all()
    assert pair.guard == sentence


def test_without_such_a_limit_the_two_are_one(ann):
    stitching.stitch(at=MONDAY)

    assert ann.people() == ["crm 1 + crm 2"]


def test_a_limit_agreed_on_later_applies_to_the_past(ann, domain):
    stitching.stitch(at=MONDAY)

    stitching.stitch(at=TUESDAY, agreed=agreed(domain, "loyalty", is_unique=True))

    assert ann.people() == ["crm 1", "crm 2"]


def test_the_page_that_says_why_not_names_the_limit(ann, domain):
    unique = agreed(domain, "loyalty", is_unique=True)
    stitching.stitch(at=MONDAY, agreed=unique)
    one, other = (ann.record(name).pk for name in ("crm 1", "crm 2"))

    found = explaining.why_not(one, other, agreed=unique)

    assert ONE_EACH in [reason.sentence for reason in found.reasons]


@pytest.mark.parametrize(("days", "is_a_crowd"), [(0, True), (30, False), (400, True)])
def test_how_many_share_a_value_is_counted_within_the_window(domain, days, is_a_crowd):
    """Nine families had the number, one after the other: it was given anew each time."""
    shop = drawn.shop()
    for number in range(9):
        shop.write([drawn.Row(f"crm {number}", "Ann Bell", "ann@home.example")])
        CustomerRecord.objects.filter(pk=shop.record(f"crm {number}").pk).update(
            source_updated_at=moment(f"2025-{number + 1:02}-15")
        )

    stitching.stitch(at=MONDAY, agreed=agreed(domain, "email", window_days=days))

    assert QuarantinedValue.objects.exists() is is_a_crowd
    assert len(shop.people()) == (9 if is_a_crowd else 1)


def test_what_a_steward_joined_keeps_what_it_carries_and_takes_no_third():
    records = [
        Facts(
            record=number, place=("crm", str(number)), storefront=1, first="ann",
            emails=("ann@home.example",), carries=(("loyalty", str(number)),),
        )
        for number in (1, 2, 3)
    ]  # fmt: skip
    unique = policy.beginning().identifiers | {"loyalty": CARD}
    found = clusters.people(
        records,
        Said(together=[frozenset({1, 2})]),
        agreed=replace(policy.beginning(), identifiers=unique),
    )

    assert sorted(found.groups) == [[1, 2], [3]]
    assert {question.guard for question in found.questions} == {ONE_EACH}
