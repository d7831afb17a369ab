"""Which pairs to ask a steward about next, and when an answer counts. Pure.

Most questions go by what an answer is worth. Some are drawn at random instead: only those
can say how often a band of probability is right.
"""

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum

import numpy as np

from identity.matching import bands
from identity.matching.bands import Band
from identity.matching.model import Numbers

type Rows = np.ndarray[tuple[int], np.dtype[np.int64]]

# Of so many answers one is read a second time, blindly.
SECOND_READS = 0.05
# What a model holds for this unlikely is read again before it is believed.
DOUBTFUL = 0.05
_LEAD, _MOST_READERS = 2, 5


class Answer(StrEnum):
    """What a steward says of a pair."""

    SAME = "same"
    DIFFERENT = "different"
    CANT_TELL = "can't tell"


def worth(probability: Numbers, at_risk: Numbers, records: Numbers) -> Numbers:
    """Return what an answer is worth: value at risk × uncertainty × impact.

    Args:
        probability: that the pair is one person. A sure pair is worth nothing.
        at_risk: the money that moves with the pair, in one currency.
        records: how many records the answer would join.
    """
    uncertainty = 4 * probability * (1 - probability)
    # Where nothing was spent yet, an answer still teaches.
    return (1 + at_risk) * uncertainty * np.log2(np.maximum(records, 2))


def in_order(worth_of: Numbers, count: int, *, answered: Rows) -> Rows:
    """Return the pairs to ask next, the most worth first, none that was answered."""
    order = np.lexsort((np.arange(len(worth_of)), -worth_of))
    fresh = order[~np.isin(order, answered)]
    return fresh[worth_of[fresh] > 0][:count]


def to_audit(
    probability: Numbers,
    found: Sequence[Band],
    count: int,
    *,
    answered: Rows,
    rng: np.random.Generator,
    approved: float = bands.APPROVED,
) -> Rows:
    """Return pairs drawn at random from the next band that might merge by itself.

    That is the highest that does not yet, as long as audits do not rule it out: nothing
    below a band that may not merge does. Where no band is left to gain, audits are spread
    over those that are asked about, to keep what is foretold of them honest.
    """
    waiting = [
        band
        for band in sorted(found, key=lambda band: -band.at_least)
        if not band.may_merge(approved)
    ]
    if waiting and waiting[0].bounds[1] >= approved:
        wanted = min(count, waiting[0].still_needed(approved))
        drawn = _drawn(probability, waiting[0], wanted, answered, rng)
        if len(drawn):
            return drawn
    share = -(-count // max(1, len(waiting)))
    spread = [_drawn(probability, band, share, answered, rng) for band in waiting]
    return np.concatenate(spread)[:count] if spread else np.empty(0, dtype=np.int64)


def _drawn(
    probability: Numbers,
    band: Band,
    count: int,
    answered: Rows,
    rng: np.random.Generator,
) -> Rows:
    is_last = band.below >= 1
    inside = (probability >= band.at_least) & ((probability < band.below) | is_last)
    fresh = np.setdiff1d(np.flatnonzero(inside), answered)
    return rng.choice(fresh, size=min(count, len(fresh)), replace=False)


def is_doubtful(answer: Answer, probability: float) -> bool:
    """Return whether an answer has to be read again before it counts.

    >>> is_doubtful(Answer.SAME, 0.99), is_doubtful(Answer.DIFFERENT, 0.99)
    (False, True)
    >>> is_doubtful(Answer.CANT_TELL, 0.5), is_doubtful(Answer.SAME, 0.01)
    (True, True)
    """
    if answer is Answer.CANT_TELL:
        return True
    likely = probability if answer is Answer.SAME else 1 - probability
    return likely < DOUBTFUL


def settled(answers: Sequence[Answer], *, doubtful: bool) -> Answer | None:
    """Return what counts of what readers said, or None while one more has to read.

    Once there is a doubt, one answer counts when it leads by two: of three readers, two
    wrong ones would settle it twice as often.

    >>> settled([Answer.SAME], doubtful=False), settled([Answer.SAME], doubtful=True)
    (<Answer.SAME: 'same'>, None)
    >>> settled([Answer.DIFFERENT, Answer.SAME, Answer.SAME], doubtful=True) is None
    True
    >>> settled([Answer.CANT_TELL, Answer.CANT_TELL], doubtful=True)
    <Answer.CANT_TELL: "can't tell">
    """
    if len(answers) == 1:
        return None if doubtful else answers[0]
    times = Counter(answers)
    lead = times[Answer.SAME] - times[Answer.DIFFERENT]
    if abs(lead) >= _LEAD:
        return Answer.SAME if lead > 0 else Answer.DIFFERENT
    is_hard = times[Answer.CANT_TELL] >= _LEAD or len(answers) >= _MOST_READERS
    return Answer.CANT_TELL if is_hard else None


def one_per_people(one: Rows, other: Rows, worth_of: Numbers) -> Rows:
    """Return the question most worth asking of each two people, in the order they came.

    ``one`` and ``other`` are the people that are joined already on both sides of a pair:
    where these are the same, nobody has to be asked.

    >>> one, other = np.array([1, 2, 1, 3]), np.array([2, 1, 5, 3])
    >>> one_per_people(one, other, np.array([0.5, 0.9, 0.1, 0.7])).tolist()
    [1, 2]
    """
    order = np.lexsort((np.arange(len(one)), -worth_of))
    order = order[one[order] != other[order]]
    two = np.sort(np.stack([one[order], other[order]], axis=1), axis=1)
    _, first = np.unique(two, axis=0, return_index=True)
    return np.sort(order[first])
