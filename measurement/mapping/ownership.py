"""Which system may fill which field: as agreed, and compiled into every writer."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from governance.models import Kind, Operation, SourceSystem, State, Version


@dataclass(frozen=True)
class Ownership:
    """Whose value of a field counts, and whose where the owner has none.

    Each is the kind of a system (``shop``) or one system by its key. ``survivorship`` says
    which value counts where several records of one person have one.
    """

    owner: str
    fallbacks: tuple[str, ...]
    survivorship: str = "newest"

    def lets(self, system: SourceSystem) -> bool:
        """Return whether the system may fill the field."""
        return self.rank(system) is not None

    def rank(self, system: SourceSystem) -> int | None:
        """Return how many come before the system; nothing, if it may not speak of it."""
        for rank, each in enumerate((self.owner, *self.fallbacks)):
            if each in (system.key, system.kind):
                return rank
        return None


# By "entity.field". A field nobody owns yet may be filled by every source.
type Owned = Mapping[str, Ownership]


def agreed() -> dict[str, Ownership]:
    """Return the ownership in force."""
    return {
        version.key: _read(version)
        for version in Version.objects.current().in_use().filter(kind=Kind.OWNERSHIP)
    }


def proposed(operations: Iterable[Operation]) -> dict[str, Ownership]:
    """Return the ownership as it would be with these operations in force."""
    owned = agreed()
    for operation in operations:
        if operation.kind != Kind.OWNERSHIP:
            continue
        owned.pop(operation.key, None)
        if operation.state != State.RETIRED:
            owned[operation.key] = _read(operation)
    return owned


def trespasses(
    system: SourceSystem, fields: Iterable[tuple[str, str]], owned: Owned
) -> Iterator[str]:
    """Yield, in words, each field the system fills and may not."""
    for entity, name in fields:
        held = owned.get(f"{entity}.{name}")
        if held is not None and not held.lets(system):
            others = f", then {', '.join(held.fallbacks)}" if held.fallbacks else ""
            yield (
                f"{system.name} may not fill {entity}.{name}: it belongs to "
                f"{held.owner}{others}, and {system.key} is a {system.kind}. Map it to a "
                f"field of its own, or propose another owner."
            )


def _read(said: Version | Operation) -> Ownership:
    return Ownership(
        said.body["owner"], tuple(said.body["fallbacks"]), said.body["survivorship"]
    )
