"""Pairs that weights join: beside what rules find, and never across a guard."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from identity import clusters, explaining, ledger, likely, policy, stitching
from identity.clusters import Beside, Said
from identity.evidence import Facts
from identity.models import (
    IdentityEvent,
    LikelyPair,
    Link,
    MatchCandidate,
    StitchedRecord,
)
from identity.scored import Likely
from tests import make

FIRST, SECOND, THIRD = (make.moment(f"2026-03-0{day}") for day in (1, 2, 3))


def told(number: int, **said) -> Facts:
    return Facts(number, ("till", f"{number:03}"), 1, **said)


def who(facts, pairs, *, said=None, refused=None, **agreed):
    """Return who is who among the facts, by pairs that weights join."""
    found = clusters.people(
        facts,
        said or Said(),
        agreed=replace(policy.beginning(), **agreed),
        beside=Beside([Likely(*pair) for pair in pairs], refused or {}),
    )
    return sorted(found.groups)


def test_two_that_share_nothing_a_rule_looks_at_are_one_by_their_weights():
    assert who([told(1), told(2), told(3)], [(1, 2, 9)]) == [[1, 2], [3]]


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        ({"first": "ada"}, {"first": "bo"}, Said()),
        ({"account_of": 7}, {"account_of": 7}, Said()),
        ({}, {}, Said(apart=frozenset({(1, 2)}))),
    ],
)  # fmt: skip
def test_a_guard_goes_before_any_weight(one, other, said):
    assert who([told(1, **one), told(2, **other)], [(1, 2, 60)], said=said) == [
        [1],
        [2],
    ]


def test_the_surest_pair_joins_first_and_the_other_is_refused():
    facts = [told(1, first="ada"), told(2), told(3, first="bo")]

    assert who(facts, [(1, 2, 8), (2, 3, 9)]) == [[1], [2, 3]]


def test_a_rule_joins_before_any_weight():
    facts = [
        told(1, first="ada", emails=("a@x.example",)),
        told(2, first="ada", emails=("a@x.example",)),
        told(3, first="bo"),
    ]

    assert who(facts, [(2, 3, 60)]) == [[1, 2], [3]]


def test_nobody_grows_beyond_what_was_agreed_on():
    pairs = [(1, 2, 9), (2, 3, 8)]

    found = who([told(1), told(2), told(3)], pairs, size=policy.beginning().size)
    small = who(
        [told(1), told(2), told(3)], pairs, size=replace(policy.beginning().size, most_records=2)
    )  # fmt: skip

    assert (found, small) == ([[1, 2, 3]], [[1, 2], [3]])


def test_what_a_record_refused_to_be_known_by_joins_none_of_its_person():
    facts = [
        told(1, first="ada", emails=("a@x.example",), claims=("7",), account_of=4),
        told(2, first="ada", claims=("001",)),
        told(3, first="ada", emails=("a@x.example",)),
    ]  # fmt: skip

    refused = who(facts, [(1, 2, 9)], refused={1: frozenset({"email"})})

    assert who(facts, [(1, 2, 9)]) == [[1, 2, 3]]
    assert [3] in refused


def test_weights_that_rest_on_what_was_refused_join_nobody():
    facts, needs = [told(1), told(2)], frozenset({"phone"})
    refused = {2: frozenset({"phone"})}

    assert who(facts, [(1, 2, 9, needs)], refused=refused) == [[1], [2]]
    assert who(facts, [(1, 2, 9)], refused=refused) == [[1, 2]]


NUMBERS = range(1, 9)
drawn_facts = st.lists(
    st.tuples(st.sampled_from(["ada", "bo", None]), st.sampled_from([None, 7])),
    min_size=len(NUMBERS), max_size=len(NUMBERS),
)  # fmt: skip
drawn_pairs = st.dictionaries(
    st.tuples(st.sampled_from(NUMBERS), st.sampled_from(NUMBERS)).filter(
        lambda two: two[0] < two[1]
    ),
    st.integers(5, 12),
    max_size=14,
)


@settings(max_examples=60, deadline=None)
@given(drawn_facts, drawn_pairs, drawn_pairs, st.randoms(use_true_random=False))
def test_any_order_gives_the_same_people_and_no_veto_is_overridden(
    said, pairs, apart, chance
):
    facts = [
        told(number, first=first, account_of=account)
        for number, (first, account) in zip(NUMBERS, said, strict=True)
    ]
    likely_pairs = [(left, right, bits) for (left, right), bits in pairs.items()]
    strangers = Said(apart=frozenset(apart))

    found = who(facts, likely_pairs, said=strangers)
    again = who(
        chance.sample(facts, len(facts)),
        chance.sample(likely_pairs, len(likely_pairs)),
        said=strangers,
    )

    assert found == again
    for group in found:
        inside = [facts[number - 1] for number in group]
        assert not any(left in group and right in group for left, right in apart)
        assert len({one.first for one in inside if one.first}) <= 1
        assert sum(one.account_of is not None for one in inside) <= 1


@pytest.fixture
def shop(db):
    return make.system("till", kind="shop")


@pytest.fixture
def crm(shop):
    return make.system("hub", kind="crm", of=shop.storefront)


def kept(shop, *pairs, at=FIRST) -> int:
    return likely.keep(
        shop.storefront,
        [Likely(left.pk, right.pk, bits, model="weights") for left, right, bits in pairs],
        model="weights", policy="agreed", at=at,
    )  # fmt: skip


def people() -> list[list[int]]:
    found: dict[int, list[int]] = {}
    for record, person in Link.objects.as_of(None).values_list("record", "person"):
        found.setdefault(person, []).append(record)
    return sorted(sorted(group) for group in found.values())


def test_the_next_stitching_joins_a_kept_pair_and_says_by_what(shop, crm):
    one, other = make.record(of=shop), make.record(of=crm)
    stitching.stitch(at=FIRST)
    kept(shop, (one, other, 10))

    stitching.stitch(at=SECOND)

    merged = IdentityEvent.objects.get(kind="merged")
    assert people() == [[one.pk, other.pk]]
    assert (merged.reason, merged.evidence, merged.model_version) == (
        "Weights: of audited pairs as likely, enough were one person.",
        {"left": one.pk, "right": other.pk, "score": 0.999024, "rests_on": []},
        "weights",
    )
    assert merged.policy_version == policy.now().digest
    assert ledger.differing() == []


def test_a_join_comes_apart_when_its_pair_is_none_any_more(shop, crm):
    one, other = make.record(of=shop), make.record(of=crm)
    kept(shop, (one, other, 10))
    stitching.stitch(at=FIRST)
    joined = people()
    kept(shop)

    stitching.stitch(at=SECOND)

    assert (joined, people()) == ([[one.pk, other.pk]], [[one.pk], [other.pk]])
    assert ledger.differing() == []


def test_keeping_the_same_pairs_reads_nobody_again(shop, crm):
    pair = (make.record(of=shop), make.record(of=crm), 10)
    kept(shop, pair)
    stitching.stitch(at=FIRST)

    changed = kept(shop, pair, at=SECOND)

    assert (changed, StitchedRecord.objects.count()) == (0, 2)
    assert LikelyPair.objects.get().since == FIRST


def test_what_a_steward_said_goes_before_a_pair_that_came_later(shop, crm):
    one, other = make.record(of=shop), make.record(of=crm)
    stitching.stitch(at=FIRST)
    ledger.keep_apart(
        left=one.pk,
        right=other.pk,
        by=make.user(role="steward"),
        reason="Twins.",
        at=FIRST,
    )
    kept(shop, (one, other, 40))

    stitching.stitch(at=SECOND)

    assert people() == [[one.pk], [other.pk]]
    assert MatchCandidate.objects.count() == 0


def test_a_pair_that_would_make_one_of_others_is_a_question(shop, crm):
    one, other = make.record("Ada Byron", of=shop), make.record("Bo Byron", of=crm)
    kept(shop, (one, other, 40))

    stitching.stitch(at=FIRST)

    asked = MatchCandidate.objects.get()
    assert (asked.evidence, asked.guard) == (
        "Several things they share, weighed together.",
        "The first names differ.",
    )


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_pairs_that_come_in_any_order_leave_the_same_people(shop, crm, order):
    records = [
        make.record("Ada", of=shop),
        make.record(" ", of=crm),
        make.record("Bo", of=crm),
    ]
    everything = [
        (records[0], records[1], 8), (records[1], records[2], 9), (records[0], records[2], 7),
    ]  # fmt: skip
    for night in range(len(order)):
        kept(shop, *[everything[each] for each in order[: night + 1]])
        stitching.stitch(at=make.moment(f"2026-03-1{night}"))

    again = stitching.stitch(at=make.moment("2026-03-20"))

    assert people() == [[records[0].pk], [records[1].pk, records[2].pk]]
    assert again.linked == 0


def test_a_persons_page_is_told_what_weights_say_of_their_records(shop, crm):
    one, other = make.record(of=shop), make.record(of=crm)
    kept(shop, (one, other, 10))
    stitching.stitch(at=FIRST)
    person = Link.objects.as_of(None).first().person

    why = explaining.why_one(person)

    [edge] = why.edges
    assert [(says.sentence, round(says.likely, 4), says.model) for says in edge.says] == [
        (
            "Several things they share, weighed together: such pairs were audited.", 0.999, "weights",
        )
    ]  # fmt: skip
    assert len(why.parts) == 1
