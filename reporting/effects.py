"""What a proposal would do to the published numbers."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from governance.models import Kind, Operation, Storefront
from governance.preview import Answer, Moved, PreviewError
from reporting.models import Build

if TYPE_CHECKING:
    from reporting.shadow import Number, Place


class Numbers:
    """Computes every reading twice on one snapshot's data: as agreed, and as proposed."""

    kinds: frozenset[str] = frozenset({Kind.KPI, Kind.CHANNEL, Kind.CAMPAIGN_RULE})

    def stands_on(self) -> str:
        """Return the digest of the published build's input."""
        published = Build.objects.filter(state=Build.State.PUBLISHED).first()
        return published.digest if published else ""

    def measure(self, operations: Sequence[Operation], *, at: datetime) -> Answer:
        """Return each number that would move. Nothing is kept."""
        # Read here alone: the engine has no place in a web process.
        from reporting import agreed, shadow

        try:
            before, after = shadow.numbers(
                [agreed.now(), agreed.proposed(operations)], moment=at
            )
        except shadow.CannotCompute as error:
            raise PreviewError(str(error)) from error
        return Answer(
            moved=list(_moved(before, after)),
            looked_at=len({**before, **after}),
            data=f"Measured on everything known at {at:%Y-%m-%d %H:%M} UTC.",
        )


def _moved(
    before: "Mapping[Place, Number]", after: "Mapping[Place, Number]"
) -> Iterator[Moved]:
    names = dict(Storefront.objects.values_list("pk", "name"))
    nothing: tuple[str | None, int] = (None, 0)
    for place in {**before, **after}:
        was, becomes = before.get(place, nothing), after.get(place, nothing)
        if was == becomes:
            continue
        storefront, metric, dimensions = place
        where = ", ".join(
            f"{name} {value}" for name, value in dimensions if value != ""
        )
        yield Moved(
            what=metric,
            where=f"{names[storefront]}{': ' if where else ''}{where}",
            before=was[0],
            after=becomes[0],
            n_before=was[1],
            n_after=becomes[1],
            is_total=not dimensions,
        )
