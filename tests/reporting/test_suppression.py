"""What is withheld beside a number of too few people, and that nothing can be worked out."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from reporting.metrics import Cell
from reporting.suppression import Place, beside_small, withheld

LEAST = 30


def place(**dimensions: str | int) -> Place:
    return frozenset(dimensions.items())


def cell(
    *, n: int, value: Decimal | None = Decimal(1), **dimensions: str | int
) -> Cell:
    return Cell(dimensions, value, n)


def beside(people: dict[Place, int]) -> set[Place]:
    small = frozenset(at for at, n in people.items() if 0 < n < LEAST)
    return set(withheld(people, small, least=LEAST))


def test_where_nobody_is_too_few_nothing_is_withheld():
    people = {place(): 90, place(channel="email"): 60, place(channel="direct"): 30}

    assert beside(people) == set()


def test_beside_one_small_part_that_of_the_next_fewest_people_is_withheld():
    people = {
        place(): 260,
        place(channel="email"): 150,
        place(channel="direct"): 100,
        place(channel="display"): 10,
    }

    assert beside(people) == {place(channel="direct")}


def test_two_small_parts_that_are_many_together_hide_each_other():
    people = {
        place(): 150,
        place(channel="email"): 100,
        place(channel="direct"): 28,
        place(channel="display"): 22,
    }

    assert beside(people) == set()


def test_two_small_parts_that_are_few_together_take_a_third_with_them():
    people = {
        place(): 200,
        place(channel="email"): 110,
        place(channel="referral"): 80,
        place(channel="direct"): 6,
        place(channel="display"): 4,
    }

    assert beside(people) == {place(channel="referral")}


def test_who_is_in_no_part_hides_a_small_one():
    people = {place(): 150, place(segment="loyal"): 50, place(segment="new"): 10}

    assert beside(people) == set()


def test_few_who_are_in_no_part_are_hidden_as_if_they_were_one():
    people = {place(): 105, place(segment="loyal"): 60, place(segment="new"): 40}

    assert beside(people) == {place(segment="new")}


def test_a_part_of_nobody_hides_nothing():
    people = {
        place(): 110,
        place(channel="email"): 100,
        place(channel="direct"): 10,
        place(channel="display"): 0,
    }

    assert beside(people) == {place(channel="email")}


def test_a_total_that_is_not_shown_asks_for_nothing():
    people = {place(channel="email"): 100, place(channel="display"): 10}

    assert beside(people) == set()


def test_values_that_have_all_people_each_are_no_parts():
    people = {place(): 60, place(model="first"): 60, place(model="last"): 60}

    assert beside(people) == set()


def test_an_empty_value_of_a_place_is_the_total():
    cells = [
        cell(n=200, cohort="2026-01", month=1, segment=""),
        cell(n=150, cohort="2026-01", month=1, segment="loyal"),
        cell(n=40, cohort="2026-01", month=1, segment="new"),
        cell(n=10, cohort="2026-01", month=1, segment="old", value=None),
    ]

    assert beside_small(cells, least=LEAST) == {
        place(cohort="2026-01", month=1, segment="new")
    }


counts = st.integers(0, 90)


@given(
    parts=st.lists(counts, min_size=1, max_size=7), rest=st.sampled_from([0, 0, 5, 60])
)
@settings(max_examples=150, deadline=None)
def test_no_number_withheld_can_be_worked_out_of_those_shown(parts, rest):
    people = {place(channel=str(at)): n for at, n in enumerate(parts)}
    people[place()] = sum(parts) + rest

    assert worked_out(people) == []


@given(
    table=st.dictionaries(
        st.tuples(st.sampled_from("abc"), st.sampled_from("xyz")), counts, min_size=1
    )
)
@settings(max_examples=150, deadline=None)
def test_nor_of_totals_of_totals(table):
    people: dict[Place, int] = {place(): sum(table.values())}
    for (outer, inner), n in table.items():
        at = place(cohort=outer)
        people[at] = people.get(at, 0) + n
        people[place(cohort=outer, segment=inner)] = n

    assert worked_out(people) == []


def test_a_number_that_can_be_worked_out_would_be_found():
    people = {place(): 110, place(channel="email"): 100, place(channel="display"): 10}

    assert solved(people, {place(channel="display")}) == [place(channel="display")]


def worked_out(people: dict[Place, int]) -> list[Place]:
    small = {at for at, n in people.items() if 0 < n < LEAST}
    return solved(people, small | beside(people))


def solved(people: dict[Place, int], hidden: set[Place]) -> list[Place]:
    """Return the hidden places whose value follows from the shown ones, by elimination.

    What each place took is unknown where it is hidden; of nobody it is zero. Every total
    is the sum of its parts and of the people who are in none.
    """
    unknown = sorted((at for at in hidden if people[at]), key=str)
    rows = []
    for total in people:
        for name in sorted({name for at in people for name, _ in at}):
            parts = [
                at for at in people if {n for n, _ in at} - {n for n, _ in total} == {name}
                and total < at
            ]  # fmt: skip
            rest = people[total] - sum(people[at] for at in parts)
            if parts and rest >= 0:
                row = [Fraction((at in parts) - (at == total)) for at in unknown]
                # Who is in no part took what nobody knows.
                rows.append((row, rest > 0))
    return [
        at
        for place_of, at in enumerate(unknown)
        if _follows(place_of, [row for row, is_open in rows if not is_open])
    ]


def _follows(wanted: int, rows: list[list[Fraction]]) -> bool:
    """Return whether one unknown is determined: its own row lies in those there are."""
    unit = [Fraction(int(at == wanted)) for at in range(len(rows[0]) if rows else 0)]
    return bool(rows) and _rank(rows) == _rank([*rows, unit])


def _rank(rows: list[list[Fraction]]) -> int:
    left, rank = [row[:] for row in rows], 0
    for column in range(len(left[0]) if left else 0):
        pivot = next((row for row in left if row[column]), None)
        if pivot is None:
            continue
        left.remove(pivot)
        rank += 1
        left = [
            [
                one - row[column] / pivot[column] * other
                for one, other in zip(row, pivot, strict=True)
            ]
            for row in left
        ]
    return rank
