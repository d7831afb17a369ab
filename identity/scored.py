"""A pair that weights join, as the stitching is told of it. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Likely:
    """Two records that weights join, by their model: pairs as likely were shown to be right.

    ``bits`` are its log odds to the whole bit, ``rests_on`` the identifiers it needs.
    """

    left: int
    right: int
    bits: int
    rests_on: frozenset[str] = frozenset()
    model: str = ""

    @property
    def probability(self) -> float:
        """Return how likely the two are one person.

        >>> [round(Likely(1, 2, bits).probability, 4) for bits in (0, 5, 10)]
        [0.5, 0.9697, 0.999]
        """
        return float(1 / (1 + 2.0**-self.bits))
