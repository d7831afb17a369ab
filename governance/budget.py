"""How many fields an entity may have. Another one is room somebody must make first.

A budget is a quality threshold like any other: a definition with an owner, and raising it
is a request of its own, that two people decide on.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils import timezone

from governance import usage
from governance.models import Kind, Operation, State, Version

# What the definition of a budget measures; its dataset is the entity.
METRIC = "fields_of_an_entity"
_NAMED = 5


@dataclass(frozen=True)
class Budget:
    """So many fields an entity may have, and so many it has."""

    key: str
    owner: str
    entity: str
    most: int
    has: int

    @property
    def is_spent(self) -> bool:
        return self.has > self.most


def budgets() -> list[Budget]:
    """Return every budget in force beside what its entity has."""
    has: dict[str, int] = defaultdict(int)
    for key in _fields():
        has[entity_of(key)] += 1
    held = Version.objects.current().in_use().filter(kind=Kind.QUALITY)
    return [
        Budget(
            each.key, each.domain.name, entity, each.body["parameters"]["most"],
            has[entity],
        )
        for each in held.filter(body__metric=METRIC)
        .select_related("domain")
        .order_by("body__dataset")
        if (entity := each.body["dataset"])
    ]  # fmt: skip


def problems(operations: Sequence[Operation]) -> Iterator[str]:
    """Yield which entities would have more fields than was agreed on, in words.

    The budget in force counts, and not one that the same request would raise. Whoever
    changes or gives up a field of an entity that is over its budget already may do so.
    """
    yield from _unsound(operations)
    added = _added(operations)
    if not added:
        return
    for budget in budgets():
        more = added.get(budget.entity, [])
        given_up = len(_given_up(operations, budget.entity))
        would_have = budget.has + len(more) - given_up
        if len(more) > given_up and would_have > budget.most:
            yield _refusal(budget, more, would_have)


def entity_of(field: str) -> str:
    """Return the entity a field is of.

    >>> entity_of("order_line.unit_price")
    'order_line'
    """
    return field.partition(".")[0]


def _fields() -> list[str]:
    held = Version.objects.current().in_use().filter(kind=Kind.FIELD)
    return list(held.values_list("key", flat=True))


def _unsound(operations: Sequence[Operation]) -> Iterator[str]:
    for each in operations:
        if each.kind != Kind.QUALITY or each.body.get("metric") != METRIC:
            continue
        most = each.body["parameters"].get("most")
        if not isinstance(most, int) or isinstance(most, bool) or most < 1:
            yield (
                f"{each}: a budget says in 'most' how many fields "
                f"{each.body['dataset']} may have, as a whole number above zero."
            )


def _added(operations: Sequence[Operation]) -> dict[str, list[str]]:
    """Return the fields that would be in use and are not, by their entity."""
    found: dict[str, list[str]] = defaultdict(list)
    for each in operations:
        if each.kind != Kind.FIELD or each.state == State.RETIRED:
            continue
        if each.base is None or each.base.state == State.RETIRED:
            found[entity_of(each.key)].append(each.key)
    return found


def _given_up(operations: Sequence[Operation], entity: str) -> list[str]:
    return [
        each.key
        for each in operations
        if each.kind == Kind.FIELD
        and each.state == State.RETIRED
        and each.base is not None
        and each.base.state != State.RETIRED
        and entity_of(each.key) == entity
    ]


def _refusal(budget: Budget, more: list[str], would_have: int) -> str:
    # A check of soundness is given no moment: what is proposed is proposed now.
    unread = [
        each.key
        for each in usage.unread(at=timezone.now())
        if entity_of(each.key) == budget.entity
    ]
    named = ", ".join(unread[:_NAMED])
    room = (
        f"Nobody has read {named} for {usage.UNREAD_AFTER.days} days: retire what is "
        f"not needed in the same request, or ask"
        if unread
        else f"No field of it has gone unread for {usage.UNREAD_AFTER.days} days. Ask"
    )
    return (
        f"{', '.join(more)}: {budget.entity} would have {would_have} fields, and its "
        f"budget is {budget.most} (quality {budget.key}). {room} {budget.owner}, who "
        f"own the budget, to raise it: a request of its own."
    )
