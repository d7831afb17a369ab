"""Exact keys, with one guard: quick, and never two people who say two names."""

from itertools import combinations

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.identity import exact

MOST = {"email": 3, "phone": 3}


def people(*rows: tuple[str | None, str | None, str | None]) -> list[int]:
    """Return who is who of records written as first name, e-mail, phone."""
    names = ("first", "email", "phone")
    columns = {
        name: pa.chunked_array([pa.array([row[at] for row in rows], pa.string())])
        for at, name in enumerate(names)
    }
    return exact.people(pa.table(columns), most=MOST).tolist()


def test_who_shares_a_value_and_a_name_is_one_person():
    found = people(("ada", "a@x", None), ("bo", "b@x", None), ("ada", "a@x", None))

    assert found == [0, 1, 0]


def test_one_value_after_another_joins_three():
    found = people(("ada", "a@x", None), ("ada", "a@x", "+1"), ("ada", None, "+1"))

    assert found == [0, 0, 0]


def test_another_name_or_none_at_the_mailbox_is_left_to_what_is_weighed():
    found = people(("ada", "a@x", None), ("bo", "a@x", None), (None, "a@x", None))

    assert found == [0, 1, 2]


def test_a_value_on_too_many_records_joins_nobody():
    at_the_limit = people(*[("ada", "a@x", None)] * 3)
    above_it = people(*[("ada", "a@x", None)] * 4)

    assert (at_the_limit, above_it) == ([0, 0, 0], [0, 1, 2, 3])


def test_what_neither_says_joins_nobody():
    assert people(("ada", None, None), ("ada", None, None)) == [0, 1]


def test_of_nobody_there_is_nobody():
    assert people() == []


VALUE = st.sampled_from([None, "x", "y", "z"])


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(VALUE, VALUE, VALUE), max_size=9))
def test_it_says_what_a_plain_walk_over_all_pairs_says(rows):
    person = list(range(len(rows)))
    for _ in rows:
        for one, other in combinations(range(len(rows)), 2):
            if any(_joins(rows, one, other, at) for at in (1, 2)):
                person[one] = person[other] = min(person[one], person[other])

    assert people(*rows) == person


def _joins(rows, one, other, at):
    value, name = rows[one][at], rows[one][0]
    sharing = sum(row[at] == value for row in rows)
    same = (rows[other][at], rows[other][0]) == (value, name)
    return same and value is not None and name is not None and sharing <= MOST["email"]
