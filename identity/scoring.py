"""How right the joining is, where somebody knows the truth. Pure."""

from collections.abc import Hashable, Mapping

import numpy as np

from identity.matching import measuring
from identity.matching.measuring import Grouped


def score[Record: Hashable](
    found: Mapping[Record, Hashable], truth: Mapping[Record, Hashable]
) -> Grouped:
    """Compare people found with people known, by the records both name.

    >>> found = {"a": 1, "b": 1, "c": 1, "d": 2}
    >>> score(found, {"a": "Ann", "b": "Ann", "c": "Bo", "d": "Bo"}).pairs
    Right(found=3, rightly=1, truly=2)
    """
    both = [record for record in found if record in truth]
    return measuring.of_groups(
        _numbered([found[record] for record in both]),
        _numbered([truth[record] for record in both]),
    )


def _numbered(names: list[Hashable]) -> np.ndarray:
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(name, len(numbers)) for name in names])
