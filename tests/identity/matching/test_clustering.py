"""People out of pairs, whatever order these come in."""

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from identity.matching import clustering
from identity.matching.deciding import Edges
from identity.matching.fields import Kind
from identity.matching.normalise import Column, People
from identity.matching.rules import Rules

COUNT = 9
PAIRS = [(one, other) for one in range(COUNT) for other in range(one + 1, COUNT)]


def edges(pairs: list[tuple[int, int, float]]) -> Edges:
    return Edges(
        np.array([pair[0] for pair in pairs], dtype=np.int64),
        np.array([pair[1] for pair in pairs], dtype=np.int64),
        np.array([pair[2] for pair in pairs], dtype=np.float64),
        np.arange(len(pairs)),
    )


def people(joining, apart=(), count=COUNT, **rules) -> clustering.Clusters:
    them = People(np.arange(count), {})
    kept = edges([(one, other, 0.0) for one, other in apart])
    return clustering.people(them, edges(joining), kept, Rules(**rules))


def test_whoever_hangs_together_is_one_person():
    found = people([(0, 1, 0.99), (1, 2, 0.99)], count=4)

    assert found.of.tolist() == [0, 0, 0, 3]


def test_the_surest_pair_joins_where_two_exclude_each_other():
    found = people([(0, 1, 0.99), (1, 2, 0.999)], apart=[(0, 2)], count=3)

    assert found.of.tolist() == [0, 1, 1]
    assert found.refused.tolist() == [0]


def test_a_circle_around_two_who_are_kept_apart_is_broken():
    circle = [(0, 1, 0.999), (1, 2, 0.998), (2, 3, 0.997), (0, 3, 0.996)]

    found = people(circle, apart=[(0, 2)], count=4)

    assert found.of.tolist() == [0, 0, 2, 2]
    assert found.refused.tolist() == [1, 3]


def test_nobody_becomes_larger_than_allowed():
    chain = [(one, one + 1, 0.99) for one in range(5)]

    found = people(chain, count=6, largest_person=4)

    assert np.bincount(found.of).max() <= 4


def test_one_unsure_pair_does_not_hold_two_groups_together():
    left = [(0, 1, 0.9999), (1, 2, 0.9999), (0, 2, 0.9999)]
    right = [(one + 3, other + 3, likely) for one, other, likely in left]

    found = people([*left, *right, (2, 3, 0.99)], count=6)

    assert found.of.tolist() == [0, 0, 0, 3, 3, 3]
    assert found.refused.tolist() == [6]


def test_of_a_clean_source_a_person_has_one_record():
    one_of_each = np.array([0, 1, 1], dtype=np.int32)
    them = People(np.arange(3), {"source": source(one_of_each)})
    joining = edges([(0, 1, 0.99), (0, 2, 0.95)])

    found = clustering.people(them, joining, edges([]), Rules(clean=frozenset({"crm"})))

    assert found.of.tolist() == [0, 0, 2]


def source(codes: np.ndarray):

    return Column(Kind.SOURCE, codes, pa.array(["shop", "crm"]))


joins = st.lists(
    st.tuples(st.sampled_from(PAIRS), st.sampled_from([0.991, 0.995, 0.9996])),
    unique_by=lambda pair: pair[0],
    max_size=14,
).map(lambda found: [(one, other, likely) for (one, other), likely in found])
kept = st.lists(st.sampled_from(PAIRS), unique=True, max_size=6)


@given(joins=joins, apart=kept, order=st.randoms())
@settings(max_examples=150, deadline=None)
def test_any_order_of_pairs_gives_the_same_people(joins, apart, order):
    shuffled = order.sample(joins, len(joins))

    assert people(shuffled, apart).of.tolist() == people(joins, apart).of.tolist()


@given(joins=joins, apart=kept)
@settings(max_examples=150, deadline=None)
def test_nobody_is_joined_with_whom_they_are_kept_from(joins, apart):
    of = people(joins, apart).of

    assert [pair for pair in apart if of[pair[0]] == of[pair[1]]] == []


@given(joins=joins, apart=kept)
@settings(max_examples=100, deadline=None)
def test_every_pair_is_joined_or_said_to_be_refused(joins, apart):
    found = people(joins, apart)

    apart_still = {
        place
        for place, (one, other, _) in enumerate(joins)
        if found.of[one] != found.of[other]
    }

    assert apart_still <= set(found.refused.tolist())
