"""What repeats is looked at once, and every pair gets what was seen of it."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from identity.matching.repeats import each, once

SAID = st.tuples(st.integers(-1, 3), st.integers(-1, 3), st.integers(0, 3))


def columns(pairs: list[tuple[int, int, int]]) -> tuple[np.ndarray, ...]:
    return tuple(np.array(pairs, dtype=np.int32).reshape(-1, 3).T)


def seen_of(left: int, right: int, mark: int) -> int:
    """Return a level of its own for all that may be told apart, 0 where one says nothing."""
    if -1 in (left, right):
        return 0
    return 1 + left if left == right else 10 + 25 * mark + 5 * left + right


@given(st.lists(SAID, max_size=30))
@settings(max_examples=60)
def test_every_pair_gets_the_level_it_would_have_had_alone(pairs):
    looked = once(*columns(pairs))

    seen = np.array([seen_of(*pairs[place]) for place in looked.looked_at], np.int8)
    assert looked.spread(seen, len(pairs)).tolist() == [
        seen_of(*pair) for pair in pairs
    ]


def test_two_values_are_looked_at_once_however_many_pairs_say_them():
    pairs = [(0, 1, 0), (0, 1, 0), (2, 2, 0), (2, 2, 1), (0, 1, 0), (-1, 1, 0)]

    looked = once(*columns(pairs))

    assert len(looked.looked_at) == 2


def test_two_values_are_looked_at_again_where_the_marks_differ():
    looked = once(*columns([(0, 1, 0), (0, 1, 2), (1, 0, 0)]))

    assert sorted(looked.looked_at.tolist()) == [0, 1, 2]


def test_each_pair_of_which_something_is_known_can_be_looked_at():
    looked = each(np.array([True, False, True]))

    assert looked.looked_at.tolist() == [0, 2]
    assert looked.spread(np.array([4, 5], np.int8), 3).tolist() == [4, 0, 5]
