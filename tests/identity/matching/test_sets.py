"""Sets of numbers are what numpy's are, only sooner."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from identity.matching.sets import distinct, distinct_places, without

NUMBERS = st.lists(st.integers(-4, 4) | st.integers(-(2**62), 2**62), max_size=12).map(
    lambda found: np.array(found, dtype=np.int64)
)


@given(NUMBERS)
@settings(max_examples=50)
def test_each_number_is_there_once_and_in_order(numbers):
    assert distinct(numbers).tolist() == sorted(set(numbers.tolist()))


@given(NUMBERS)
@settings(max_examples=50)
def test_a_number_is_found_where_it_stands_first(numbers):
    places, of = distinct_places(numbers)

    said = numbers.tolist()
    assert places.tolist() == [said.index(each) for each in sorted(set(said))]
    assert numbers[places][of].tolist() == said


@given(NUMBERS, NUMBERS)
@settings(max_examples=50)
def test_what_is_left_without_others_is_in_order(numbers, others):
    left = sorted(set(numbers.tolist()) - set(others.tolist()))

    assert without(numbers, others).tolist() == left
