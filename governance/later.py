"""Ask for background work, without knowing who does it or how it gets there."""

from typing import Any, Protocol


class NobodyListens(Exception):
    """Work was asked for, and nobody has offered to carry it."""


class Carrier(Protocol):
    """Whoever brings a task to a worker once, and only if, the transaction commits."""

    def __call__(self, task: str, /, **arguments: Any) -> None: ...


_carriers: list[Carrier] = []


def carried_by(carrier: Carrier) -> None:
    """Have this carrier bring every task from now on."""
    _carriers[:] = [carrier]


def ask(task: str, /, **arguments: Any) -> None:
    """Have a worker call the task with these arguments, if the transaction commits.

    Raises:
        NobodyListens: no app above has said how work gets to a worker.
    """
    if not _carriers:
        raise NobodyListens(
            f"{task} was asked for, and nobody carries work to the workers. An app with "
            f"a queue says so when it is ready: later.carried_by(queue.enqueue)."
        )
    _carriers[0](task, **arguments)
