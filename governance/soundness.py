"""What the apps above say of a proposal before anybody has to read it.

Governance knows the form of a definition; what it means is known where it is used. An app
registers what it knows when it is ready.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from governance.models import Operation

type Check = Callable[[Sequence[Operation]], Iterable[str]]

_checks: list[Check] = []


def register(check: Check) -> None:
    """Let the check say what is wrong with proposals; registering again changes nothing."""
    if check not in _checks:
        _checks.append(check)


def problems(operations: Sequence[Operation]) -> Iterator[str]:
    """Yield what is wrong with operations that take effect together, in words."""
    for check in _checks:
        yield from check(operations)
