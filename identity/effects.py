"""What joining or parting people does to numbers, as whoever makes the numbers says it.

Who is who knows no numbers. An app that does registers its ``Effects``. Reading what it
has said costs little; measuring takes a worker, which is asked and answers later. With
nobody registered nothing is measured, and pages say so.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from governance.models import User
from identity.models import IdentityEvent


class EffectsError(Exception):
    """What it does to numbers cannot be asked; the message says why."""


class State(StrEnum):
    """How much is known of an effect."""

    NOT_MEASURED = "not measured"
    ASKED = "being measured"
    ROUGH = "roughly"
    MEASURED = "measured"
    FAILED = "could not be measured"


@dataclass(frozen=True, slots=True)
class Moved:
    """One number before and after. ``None`` where it is withheld, or is not there.

    ``where`` is its storefront and its dimensions in words; a total has none.
    """

    what: str
    where: str
    before: str | None
    after: str | None
    n_before: int = 0
    n_after: int = 0
    is_total: bool = False


@dataclass(frozen=True, slots=True)
class Effect:
    """What moves, the numbers most looked at first, and what that was measured on.

    ``moved`` are some of ``moved_in_all``.
    """

    state: State
    moved: Sequence[Moved] = ()
    moved_in_all: int = 0
    looked_at: int = 0
    sentences: Sequence[str] = ()
    measured_at: datetime | None = None


NOT_MEASURED = Effect(State.NOT_MEASURED)


class Effects(Protocol):
    """What an app can say of merges: of those that were made, and of those that may be."""

    def would(self, *, people: Collection[int]) -> Effect:
        """Return what joining the people would do, by what is published. Cheap.

        Once it was measured exactly, and the published numbers are still those, that.
        """

    def did(self, *, events: Iterable[IdentityEvent]) -> dict[int, Effect]:
        """Return what is known of what each event has done, by its number. Cheap."""

    def ask_would(self, *, people: Collection[int], by: User, at: datetime) -> None:
        """Have a worker measure exactly what joining the people would do.

        Raises:
            EffectsError: it cannot be measured; the message says why.
        """

    def ask_did(self, *, event: IdentityEvent, by: User, at: datetime) -> None:
        """Have a worker measure what the numbers would be without the event.

        Raises:
            EffectsError: it cannot be measured; the message says why.
        """


_effects: list[Effects] = []


def register(effects: Effects) -> None:
    """Ask these effects from now on."""
    _effects[:] = [effects]


def can_tell() -> bool:
    """Return whether anybody can say what merges do to numbers."""
    return bool(_effects)


def would(*, people: Collection[int]) -> Effect:
    """Return what joining the people would do to published numbers."""
    return _effects[0].would(people=people) if _effects else NOT_MEASURED


def did(*, events: Iterable[IdentityEvent]) -> dict[int, Effect]:
    """Return what each event has done to published numbers, by its number."""
    asked = list(events)
    told = _effects[0].did(events=asked) if _effects else {}
    return {event.pk: told.get(event.pk, NOT_MEASURED) for event in asked}


def ask_would(*, people: Collection[int], by: User, at: datetime) -> None:
    """Have a worker measure exactly what joining the people would do.

    Raises:
        EffectsError: nobody can, or not of these.
    """
    _somebody().ask_would(people=people, by=by, at=at)


def ask_did(*, event: IdentityEvent, by: User, at: datetime) -> None:
    """Have a worker measure what the event has done.

    Raises:
        EffectsError: nobody can, or not of this.
    """
    _somebody().ask_did(event=event, by=by, at=at)


def _somebody() -> Effects:
    if not _effects:
        raise EffectsError("Nothing here makes numbers: what it does is not measured.")
    return _effects[0]
