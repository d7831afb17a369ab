"""What one row of a file says of one definition, and where it says so. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

FORMATS = ("yaml", "csv")
LARGEST = 2 * 1024 * 1024
MOST_ROWS = 5_000
# What every definition has, whatever its kind, in the order of a row.
HEAD = ("kind", "key", "version", "domain", "state", "successor")


class Unfit(Exception):
    """A file that cannot be read at all; the message says why, and where."""


@dataclass(frozen=True)
class Problem:
    """What is wrong with a row, and the line and column that say it."""

    words: str
    line: int
    column: str = ""

    @property
    def place(self) -> str:
        return f"line {self.line}" + (f", column {self.column}" if self.column else "")


@dataclass(frozen=True)
class Row:
    """One definition as a file has it. What is None, or no part of the body, is not said.

    ``version`` is the one it was exported from; ``places`` are the line and the column of
    everything said, by its name.
    """

    line: int
    kind: str = ""
    key: str = ""
    version: int | None = None
    domain: str | None = None
    state: str | None = None
    successor: str | None = None
    body: Mapping[str, Any] = field(default_factory=dict)
    places: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def problem(self, words: str, *, name: str = "") -> Problem:
        return Problem(words, *self.places.get(name, (self.line, "")))

    def wrong(self, words: str) -> Problem:
        """Return the problem at the place of the part its sentence is about."""
        named = [
            name
            for name in self.places
            if words.startswith(f"{name} ") or f"'{name}'" in words
        ]
        return self.problem(words, name=named[0] if named else "")
