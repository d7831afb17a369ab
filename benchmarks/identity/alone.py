"""One piece of work in a process of its own: what it took, and what it held."""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

import numpy as np


@dataclass(frozen=True)
class Run:
    """Seconds of each step, the most memory in MB, and groups of records by threshold."""

    seconds: dict[str, float]
    peak: float
    groups: dict[float, np.ndarray]

    @property
    def whole(self) -> float:
        return sum(self.seconds.values())


def alone[**Given, Made](
    work: Callable[Given, Made], *args: Given.args, **named: Given.kwargs
) -> Made:
    """Return what the work makes, done where nothing was done before."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as fresh:
        return fresh.submit(work, *args, **named).result()
