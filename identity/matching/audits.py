"""What audits show of a band of pairs, and what of it may merge by itself. Pure.

An audit is a pair drawn at random and read by a steward; a band merges by itself once the
audits leave no doubt that it is right often enough. It reads no pairs: a page may ask it.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

# Two-sided: in 95 of 100 counts the truth lies between the bounds.
_CERTAINTY = 1.959963984540054
APPROVED = 0.99
EDGES = (0.2, 0.5, 0.8, 0.95, 0.99, 0.999, 1.0)
NEVER = math.inf


def wilson(right: int, of: int) -> tuple[float, float]:
    """Return between which shares the truth lies, after so many were right of so many.

    >>> [round(bound, 4) for bound in wilson(98, 100)]
    [0.93, 0.9945]
    >>> wilson(0, 0)
    (0.0, 1.0)
    """
    if not of:
        return 0.0, 1.0
    share, squared = right / of, _CERTAINTY**2
    middle = share + squared / (2 * of)
    spread = _CERTAINTY * math.sqrt(share * (1 - share) / of + squared / (4 * of * of))
    scale = 1 + squared / of
    low = 0.0 if right == 0 else (middle - spread) / scale
    return low, 1.0 if right == of else (middle + spread) / scale


def audits_needed(approved: float, *, wrong: int = 0) -> int:
    """Return how many audits show that a band is right often enough, if so many are wrong.

    >>> audits_needed(0.99), audits_needed(0.999), audits_needed(0.99, wrong=1)
    (381, 3838, 563)
    """
    if not 0 < approved < 1:
        raise ValueError(f"A share of {approved} is never shown by counting.")
    least, most = wrong, 2 + wrong
    while wilson(most - wrong, most)[0] < approved:
        least, most = most, most * 2
    while most - least > 1:
        middle = (least + most) // 2
        enough = wilson(middle - wrong, middle)[0] >= approved
        least, most = (least, middle) if enough else (middle, most)
    return most


@dataclass(frozen=True, slots=True)
class Band:
    """Pairs between two probabilities, how many were audited, and how many were right."""

    at_least: float
    below: float
    pairs: int
    audited: int
    right: int

    @property
    def bounds(self) -> tuple[float, float]:
        """Return between which shares the band's precision lies."""
        return wilson(self.right, self.audited)

    def may_merge(self, approved: float = APPROVED) -> bool:
        """Return whether the band is shown to be right as often as was agreed on.

        What nobody has audited is shown to be nothing.
        """
        return self.audited > 0 and self.bounds[0] >= approved

    def still_needed(self, approved: float = APPROVED) -> int:
        """Return how many more audits, all of them right, would show it."""
        wrong = self.audited - self.right
        return max(0, audits_needed(approved, wrong=wrong) - self.audited)

    def in_words(self, approved: float = APPROVED) -> str:
        """Return what the audits say, and what is missing.

        >>> print(Band(0.99, 1.0, 50_000, 200, 200).in_words())
        200 of 200 audits were right: between 0.9812 and 1.0000. To merge by itself \
above 0.99 it needs 181 more audits without an error.
        """
        low, high = self.bounds
        counted = (
            f"{self.right:,} of {self.audited:,} audits were right: "
            f"between {low:.4f} and {high:.4f}."
            if self.audited
            else "Nobody has audited it yet."
        )
        if self.may_merge(approved):
            return f"{counted} It merges by itself."
        if high < approved:
            return f"{counted} It is not right often enough to merge by itself."
        more = self.still_needed(approved)
        return (
            f"{counted} To merge by itself above {approved:g} it needs {more:,} more "
            f"audit{'s' if more != 1 else ''} without an error."
        )


def merge_at(found: Iterable[Band], approved: float = APPROVED) -> float:
    """Return from which probability on pairs merge by themselves; infinity if none may.

    A band below one that may not merge does not either, whatever was counted in it.
    """
    least = NEVER
    for band in sorted(found, key=lambda band: -band.at_least):
        if not band.may_merge(approved):
            break
        least = band.at_least
    return least
