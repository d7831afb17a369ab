"""A measured figure, beside its goal and what it was measured against."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One measured figure, its goal, and what stood beside it in the same run."""

    name: str
    value: float
    unit: str
    goal: float
    at_least: bool
    beside: str
    digits: int = 2

    @property
    def is_met(self) -> bool:
        return self.value >= self.goal if self.at_least else self.value <= self.goal

    def __str__(self) -> str:
        sign = ">=" if self.at_least else "<="
        verdict = "met" if self.is_met else "MISSED"
        return (
            f"{self.name:<44}{self.value:>13,.{self.digits}f} {self.unit:<7} "
            f"goal {sign} {self.goal:<9,g}{verdict:<7} {self.beside}"
        )


def seconds(work: Callable[[], object]) -> float:
    """Return how long the work took."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
