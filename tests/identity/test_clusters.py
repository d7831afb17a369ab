"""What holds of people whatever the records say: vetoes, sizes, order, questions."""

from collections.abc import Callable, Iterable
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from identity import clusters
from identity.clusters import People, Said
from identity.evidence import Facts, Kind
from identity.names import Agreement, compare_first
from tests.identity import drawn
from tests.identity.test_any_order import shops

type Pair = tuple[int, int]

quickly = settings(max_examples=40, deadline=None)


@st.composite
def decided(draw: st.DrawFn) -> tuple[list[Facts], Said]:
    """Deal records, and decisions of stewards that do not contradict one another."""
    facts = drawn.facts(draw(shops()))
    numbers = [one.record for one in facts]
    if len(numbers) < 2:
        return facts, Said()
    pairs = st.tuples(st.sampled_from(numbers), st.sampled_from(numbers)).filter(
        lambda pair: pair[0] < pair[1]
    )
    together = [frozenset(pair) for pair in draw(st.lists(pairs, max_size=2))]
    one_by_hand = _group_of(numbers, together)
    apart = draw(st.frozensets(pairs, max_size=3))
    return facts, Said(
        together=together,
        apart=frozenset(
            (one, other)
            for one, other in apart
            if one_by_hand[one] != one_by_hand[other]
        ),
    )


@quickly
@given(shops())
def test_no_rule_joins_what_a_guard_refuses_in_whatever_company(rows):
    assert _joined_although(rows, _names_conflict) == []
    assert _joined_although(rows, _births_differ) == []
    assert _joined_although(rows, _both_are_accounts) == []


@quickly
@given(decided())
def test_what_a_steward_joined_is_one_person_and_what_they_kept_apart_is_two(case):
    facts, said = case

    person = _person(clusters.people(facts, said))

    assert [
        group for group in said.together if len({person[one] for one in group}) > 1
    ] == []
    assert [pair for pair in said.apart if person[pair[0]] == person[pair[1]]] == []


@quickly
@given(decided())
def test_every_record_is_in_one_group_and_has_a_rule(case):
    facts, said = case

    found = clusters.people(facts, said)

    numbers = sorted(one.record for one in facts)
    assert sorted(record for group in found.groups for record in group) == numbers
    assert sorted(found.rule_of) == numbers


@quickly
@given(decided(), st.randoms(use_true_random=False))
def test_decisions_and_order_of_arrival_give_the_same_people_and_questions(
    case, chance
):
    facts, said = case
    shuffled = Said(chance.sample(said.together, len(said.together)), said.apart)

    found = clusters.people(facts, said)
    again = clusters.people(chance.sample(facts, len(facts)), shuffled)

    assert _partition(found) == _partition(again)
    assert found.rule_of == again.rule_of
    assert found.questions == again.questions
    assert found.crowded == again.crowded


@quickly
@given(decided())
def test_a_question_is_about_two_people_and_never_one_already_answered(case):
    facts, said = case

    found = clusters.people(facts, said)

    person = _person(found)
    asked = [
        frozenset((person[one.left], person[one.right])) for one in found.questions
    ]
    answered = {frozenset((person[one], person[other])) for one, other in said.apart}
    assert [about for about in asked if len(about) == 1] == []
    assert len(asked) == len(set(asked))
    assert answered.isdisjoint(asked)


@quickly
@given(decided())
def test_questions_that_were_asked_are_not_asked_again(case):
    facts, said = case
    found = clusters.people(facts, said)
    asked = [(one.left, one.right) for one in found.questions]

    again = clusters.people(facts, said, asked=asked)

    assert again.questions == []
    assert _partition(again) == _partition(found)


@quickly
@given(shops())
def test_who_shares_nothing_with_anybody_is_alone(rows):
    found = _people(rows)
    facts = {one.record: one for one in drawn.facts(rows)}

    lonely = [
        record
        for record, one in facts.items()
        if not (one.emails or one.claims) and found.rule_of[record] != clusters.ALONE
    ]

    assert lonely == []


@pytest.mark.parametrize(
    ("size", "people"),
    [
        (drawn.MOST_SHARING, 1),
        (drawn.MOST_SHARING + 1, drawn.MOST_SHARING + 1),
    ],
)
def test_a_mailbox_joins_as_many_as_may_share_it_and_not_one_more(size, people):
    rows = [drawn.Row(f"crm {n}", "Ann Bell", "ann@home.example") for n in range(size)]

    assert len(_people(rows).groups) == people


def test_a_crowd_at_one_mailbox_does_not_keep_another_from_joining():
    crowd = [
        drawn.Row(f"crm {n}", "Ann Bell", "office@bell.example")
        for n in range(drawn.MOST_SHARING)
    ]
    both = drawn.Row("crm 98", "Ann Bell", "office@bell.example ann@home.example")
    home = drawn.Row("crm 99", "Ann Bell", "ann@home.example")

    found = _people([*crowd, both, home])

    assert [group for group in found.groups if len(group) > 1] == [
        [len(crowd) + 1, len(crowd) + 2]
    ]
    assert dict(found.crowded) == {Kind.EMAIL: 1}


def test_a_steward_who_joined_a_frequent_guest_makes_no_crowd_of_them():
    often = drawn.MOST_SHARING * 2
    rows = [
        drawn.Row("crm 1", "Tom Bell", "tom@home.example"),
        *(
            drawn.Row(f"guest {n}", "Ann Bell", "ann@home.example")
            for n in range(often)
        ),
        drawn.Row("guest 99", "Ann Bell", "ann@home.example"),
    ]
    joined_before_the_last_came = frozenset(range(1, often + 2))

    found = clusters.people(drawn.facts(rows), Said([joined_before_the_last_came]))

    assert [len(group) for group in found.groups] == [often + 2]
    assert found.crowded == {}


def test_a_chain_of_mailboxes_is_one_person_of_any_length():
    links = 40
    rows = [
        drawn.Row(f"crm {n}", "Ann Bell", f"a{n}@home.example a{n + 1}@home.example")
        for n in range(links)
    ]

    assert [len(group) for group in _people(rows).groups] == [links]


def test_a_chain_of_names_ends_where_two_of_it_conflict():
    """Chris agrees with both of them, and they do not with each other."""
    assert drawn.joined("""
        record | name             | email
        crm 1  | Christine Bell   | a@bell.example
        crm 2  | Chris Bell       | a@bell.example b@bell.example
        crm 3  | Christopher Bell | b@bell.example
    """) == ["crm 1 + crm 2"]


def test_the_surer_evidence_joins_first():
    """By id the contact is the account's; by mailbox it would have been another's."""
    table = """
        record | name     | email            | id | born
        shop 1 | Ann Bell |                  |    | 1980-05-07
        crm 2  | Ann Bell | ann@home.example |    | 1991-05-07
        crm 3  | Ann Bell | ann@home.example | 1  |
    """

    assert drawn.joined(table) == ["crm 3 + shop 1"]


def test_of_equal_pairs_the_one_that_shares_more_joins_first():
    assert drawn.joined("""
        record | name     | email            | phone         | born
        crm 1  | Ann Bell | ann@home.example |               | 1980-05-07
        crm 2  | Ann Bell | ann@home.example | 020 7946 0123 | 1991-05-07
        crm 3  | Ann Bell | ann@home.example | 020 7946 0123 |
    """) == ["crm 2 + crm 3"]


def test_a_steward_joins_accounts_and_births_no_rule_would():
    assert drawn.joined(
        """
        record | name     | email            | born
        shop 1 | Ann Bell | ann@home.example | 1980-05-07
        shop 2 | Tom Reed | tom@home.example | 1991-05-07
    """,
        together=["shop 1 / shop 2"],
    ) == ["shop 1 + shop 2"]


def test_what_a_steward_accepted_in_one_person_a_third_may_not_add():
    assert drawn.joined(
        """
        record | name     | email
        crm 1  | Ann Bell | ann@home.example
        crm 2  | Tom Bell | tom@home.example
        crm 3  | Zoe Bell | ann@home.example
    """,
        together=["crm 1 / crm 2"],
    ) == ["crm 1 + crm 2"]


def _people(rows: Iterable[drawn.Row]) -> People:
    return clusters.people(drawn.facts(rows), Said())


def _joined_although(
    rows: list[drawn.Row], differ: Callable[[Facts, Facts], bool]
) -> list[Pair]:
    """Return the pairs of one person that differ so."""
    facts = {one.record: one for one in drawn.facts(rows)}
    return [
        (one, other)
        for group in _people(rows).groups
        for one, other in combinations(group, 2)
        if differ(facts[one], facts[other])
    ]


def _names_conflict(one: Facts, other: Facts) -> bool:
    return compare_first(one.first, other.first) is Agreement.CONFLICT


def _births_differ(one: Facts, other: Facts) -> bool:
    return bool(one.birth_on and other.birth_on) and one.birth_on != other.birth_on


def _both_are_accounts(one: Facts, other: Facts) -> bool:
    return one.account_of is not None and one.account_of == other.account_of


def _person(found: People) -> dict[int, int]:
    return {
        record: number for number, group in enumerate(found.groups) for record in group
    }


def _partition(found: People) -> set[frozenset[int]]:
    return {frozenset(group) for group in found.groups}


def _group_of(
    numbers: Iterable[int], pairs: Iterable[frozenset[int]]
) -> dict[int, int]:
    """Return the smallest number each is joined to by the pairs, plainly."""
    group = {number: number for number in numbers}
    for pair in pairs:
        ends = {group[number] for number in pair}
        group = {
            number: min(ends) if end in ends else end for number, end in group.items()
        }
    return group
