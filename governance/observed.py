"""What was seen of a field in the data: asked of the apps that hold them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Observation:
    """Of the rows a stream left, so many fill the field; the last of them came then."""

    stream: str
    rows: int
    filled: int
    last_filled_at: datetime | None

    @property
    def percent(self) -> int | None:
        """Return the share in whole percent: not all is not 100, and some is not 0.

        >>> [Observation("", 1000, n, None).percent for n in (1000, 999, 500, 1, 0)]
        [100, 99, 50, 1, 0]
        """
        if not self.rows:
            return None
        if self.filled in {0, self.rows}:
            return 100 if self.filled else 0
        return min(max(round(100 * self.filled / self.rows), 1), 99)


class Observer(Protocol):
    """What an app can say of a field."""

    def of_field(self, key: str) -> Sequence[Observation]:
        """Return what each stream that fills the field has left of it."""


_observers: list[Observer] = []


def register(observer: Observer) -> None:
    """Ask this one too; a second of its kind changes nothing."""
    if not any(type(known) is type(observer) for known in _observers):
        _observers.append(observer)


def of_field(key: str) -> list[Observation]:
    """Return what was seen of the field, stream by stream."""
    return [each for observer in _observers for each in observer.of_field(key)]
