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
    probability = np.concatenate([np.full(1_000, 0.995), np.full(1_000, 0.3)])

    def drawn(count, *, audited=(), right=(), answered=NOTHING):
        found = bands.count(probability, np.array(audited), np.array(right))
        rng = np.random.default_rng(5)
        chosen = asking.to_audit(probability, found, count, answered=answered, rng=rng)
        return int((chosen < 1_000).sum()), int((chosen >= 1_000).sum())

    return drawn


def test_the_highest_band_is_audited_until_it_may_merge(drawn):
    assert drawn(300) == (300, 0)


def test_the_rest_is_spread_over_the_other_bands(drawn):
    assert drawn(421) == (381, 10)


def test_a_pair_is_not_audited_twice(drawn):
    answered = np.arange(900)

    assert drawn(300, answered=answered) == (100, 50)


def test_a_band_that_merges_already_is_not_audited_for_it(drawn):
    in_top, _ = drawn(400, audited=[0.995] * 381, right=[True] * 381)

    assert in_top == 0


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
        ([SAME, DIFFERENT, DIFFERENT], False, DIFFERENT),
        ([CANT_TELL, CANT_TELL], True, CANT_TELL),
        ([CANT_TELL, SAME, SAME], True, SAME),
        ([CANT_TELL, SAME, DIFFERENT], True, CANT_TELL),
    ],
)  # fmt: skip
def test_two_readers_who_agree_settle_an_answer(answers, doubtful, counts):
    assert asking.settled(answers, doubtful=doubtful) is counts
