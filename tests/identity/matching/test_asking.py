"""Which pairs are asked about next, and when an answer counts."""

import numpy as np
import pytest

from identity.matching import asking, bands
from identity.matching.asking import Answer

SAME, DIFFERENT, CANT_TELL = Answer

NOTHING = np.array([], dtype=np.int64)


def worth(*pairs: tuple[float, float, int]) -> list[int]:
    """Return the order in which pairs (probability, value, records) are asked about."""
    columns = (np.array(column) for column in zip(*pairs, strict=True))
    return asking.in_order(asking.worth(*columns), 9, answered=NOTHING).tolist()


@pytest.mark.parametrize(
    "pairs",
    [
        [(0.5, 10, 2), (0.9, 10, 2)],
        [(0.5, 20, 2), (0.5, 10, 2)],
        [(0.5, 10, 8), (0.5, 10, 2)],
        [(0.7, 0, 2), (0.9, 0, 2)],
        [(0.5, 0, 2), (0.001, 100, 2)],
    ],
)
def test_uncertain_costly_and_large_pairs_come_first(pairs):
    assert worth(*pairs) == [0, 1]
    assert worth(*reversed(pairs)) == [1, 0]


def test_nobody_is_asked_what_is_certain():
    assert worth((1.0, 500, 2), (0.5, 1, 2), (0.0, 500, 2)) == [1]


def test_what_was_answered_is_not_asked_again():
    order = asking.in_order(np.array([4.0, 3, 2, 1]), 2, answered=np.array([0, 2]))

    assert order.tolist() == [1, 3]


@pytest.fixture
def drawn():
    """Return how many of a thousand sure and a thousand unsure pairs are audited."""
    probability = np.concatenate([np.full(1_000, 0.9995), np.full(1_000, 0.3)])

    def drawn(count, *, right=0, wrong=0, answered=NOTHING):
        said = np.array([True] * right + [False] * wrong)
        found = bands.count(probability, np.full(len(said), 0.9995), said)
        rng = np.random.default_rng(5)
        chosen = asking.to_audit(
            probability, found, count, answered=answered, rng=rng
        ).tolist()
        assert len(chosen) == len(set(chosen))
        return sum(pair < 1_000 for pair in chosen), sum(
            pair >= 1_000 for pair in chosen
        )

    return drawn


def test_the_highest_band_is_audited_until_it_may_merge(drawn):
    assert drawn(300) == (300, 0)
    assert drawn(600) == (381, 0)
    assert drawn(600, right=300) == (81, 0)


def test_an_error_asks_for_more_audits(drawn):
    assert drawn(600, right=380, wrong=1) == (182, 0)


def test_a_pair_is_not_audited_twice(drawn):
    assert drawn(300, answered=np.arange(900)) == (100, 0)


def test_a_band_that_may_merge_is_not_audited_for_it(drawn):
    in_top, _ = drawn(400, right=381)

    assert in_top == 0


def test_a_band_that_is_not_right_often_enough_is_audited_like_any_other(drawn):
    in_top, below = drawn(120, right=90, wrong=10)

    assert (in_top, below) == (20, 20)


def test_without_a_band_there_is_nothing_to_audit():
    rng = np.random.default_rng(5)

    chosen = asking.to_audit(np.array([0.9]), [], 5, answered=NOTHING, rng=rng)

    assert chosen.tolist() == []


def test_of_two_people_one_question_is_asked_the_one_most_worth():
    # Four pairs between the people 1 and 2, and one within 3.
    one, other = np.array([1, 2, 1, 2, 3]), np.array([2, 1, 2, 1, 3])

    asked = asking.one_per_people(one, other, np.array([0.1, 0.4, 0.9, 0.9, 5.0]))

    assert asked.tolist() == [2]


@pytest.mark.parametrize(
    ("answer", "probability", "doubtful"),
    [
        (SAME, 0.5, False), (DIFFERENT, 0.5, False), (CANT_TELL, 0.5, True),
        (SAME, 0.05, False), (SAME, 0.049, True),
        (DIFFERENT, 0.94, False), (DIFFERENT, 0.96, True),
    ],
)  # fmt: skip
def test_an_answer_nobody_expected_is_read_again(answer, probability, doubtful):
    assert asking.is_doubtful(answer, probability) is doubtful


@pytest.mark.parametrize(
    ("answers", "doubtful", "counts"),
    [
        ([], False, None),
        ([SAME], False, SAME),
        ([SAME], True, None),
        ([SAME, SAME], True, SAME),
        ([SAME, DIFFERENT], False, None),
        ([SAME, DIFFERENT], True, None),
        ([SAME, DIFFERENT, DIFFERENT], False, None),
        ([SAME, DIFFERENT, DIFFERENT, DIFFERENT], False, DIFFERENT),
        ([SAME, DIFFERENT, SAME, DIFFERENT], True, None),
        ([SAME, DIFFERENT, SAME, DIFFERENT, SAME], True, CANT_TELL),
        ([CANT_TELL, CANT_TELL], True, CANT_TELL),
        ([CANT_TELL, SAME], True, None),
        ([CANT_TELL, SAME, SAME], True, SAME),
        ([CANT_TELL, SAME, DIFFERENT], True, None),
    ],
)  # fmt: skip
def test_a_lead_of_two_readers_settles_a_doubt(answers, doubtful, counts):
    assert asking.settled(answers, doubtful=doubtful) is counts
