"""Why numbers differ between two builds: cause by cause, and the causes sum up exactly.

The rows of both builds are kept. From those of the earlier one each cause is let in, one
after the other, and every number is computed again: what it moved by is that cause's. What
is left between them is nothing, in whatever way a number is computed.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from django.conf import settings

from governance import later
from reporting import agreed, engine, facts, publish
from reporting.agreed import Agreed
from reporting.engine import Engine
from reporting.models import Build, Movement
from reporting.shadow import Number, Place, number

# Which rows each table has once a cause was let in: those before, those after, or what a
# statement makes of both. What is not named has the rows it had.
_LET_IN: Mapping[Movement.Cause, Mapping[str, str]] = {
    Movement.Cause.CALCULATION: {},
    Movement.Cause.DEFINITIONS: {"visits": "moving/visits_by_new_rules"},
    Movement.Cause.PEOPLE: {
        "placed": "moving/placed_by_new_people",
        "visits": "moving/visits_of_before",
    },
    Movement.Cause.CHANGED: {
        "placed": "moving/placed_of_before",
        "lines": "after",
        "costs": "after",
    },
    Movement.Cause.REFUNDS: {"refunds": "after"},
    Movement.Cause.LATE: {
        "placed": "moving/placed_until_before",
        "visits": "moving/visits_until_before",
        "months": "after",
    },
    Movement.Cause.NEW: {"placed": "after", "visits": "after", "storefronts": "after"},
}


@dataclass(frozen=True)
class Side:
    """One of the two builds: where its rows lie, and what was agreed on then."""

    folder: Path
    agreed: Agreed


TASK = "reporting.explain"


class CannotExplain(Exception):
    """Why numbers moved cannot be told; the message says why."""


def ask(*, build: Build) -> None:
    """Have a worker find out why the build's numbers differ from those up before it."""
    if before_of(build) is not None:
        later.ask(TASK, build_id=build.pk)


def before_of(build: Build) -> Build | None:
    """Return the build that was up before this one."""
    earlier = Build.objects.filter(published_at__lt=build.published_at)
    return earlier.order_by("-published_at").first()


def measure(*, build_id: int) -> int:
    """Keep what each cause did to every number that moved; return how many did.

    Measuring again measures nothing.

    Raises:
        CannotExplain: nothing was up before, or its rows are gone or are of another kind.
    """
    build = Build.objects.get(pk=build_id)
    kept = build.movements.count()
    if kept:
        return kept
    earlier = before_of(build)
    if earlier is None:
        raise CannotExplain(f"Nothing was published before {build}.")
    try:
        steps = list(between(_side(earlier), _side(build)))
    except (engine.EngineError, OSError) as error:
        raise CannotExplain(
            f"The rows of {earlier} cannot be computed from any more: {error}"
        ) from error
    return len(Movement.objects.bulk_create(_moved(build, earlier, steps)))


def _side(build: Build) -> Side:
    folder = settings.SNAPSHOT / str(build.inputs.get("snapshot", ""))
    if not build.inputs.get("snapshot") or not folder.is_dir():
        raise CannotExplain(
            f"The rows {build} was computed from are gone: two snapshots are kept. Look "
            f"at the next build the morning it goes up."
        )
    return Side(folder, agreed.as_of(build.made_at))


def _moved(
    build: Build,
    earlier: Build,
    steps: Sequence[tuple[Movement.Cause, Mapping[Place, Number]]],
) -> Iterator[Movement]:
    """Yield every number that is not what was published before."""
    published = {
        (
            one.storefront_id,
            one.metric,
            tuple(sorted(one.dimensions.items())),
        ): one.value
        for one in earlier.readings.all()
    }
    for place in dict.fromkeys(place for _, numbers in steps for place in numbers):
        told = [numbers.get(place, (None, 0))[0] for _, numbers in steps]
        before = published.get(place)
        if {None if one is None else Decimal(one) for one in told} == {before}:
            continue
        storefront, metric, dimensions = place
        yield Movement(
            build=build,
            build_before=earlier,
            storefront_id=storefront,
            metric=metric,
            dimensions=dict(dimensions),
            before=before,
            steps=told,
        )


def between(
    before: Side, after: Side
) -> Iterator[tuple[Movement.Cause, dict[Place, Number]]]:
    """Yield each cause, and every number once it was let in, those before it with it.

    The first is the calculation itself, over the rows of before: it differs from what was
    published then where a statement was mended since. The last has the numbers of after.

    Raises:
        EngineError: the rows of before are not such as numbers are computed from today.
    """
    rows: dict[str, str] = {}
    for cause, let_in in _LET_IN.items():
        rows |= let_in
        is_last = cause == Movement.Cause.NEW
        by = before if cause == Movement.Cause.CALCULATION else after
        with _over(
            before.folder, after.folder, rows, "after" if is_last else "before"
        ) as views:
            facts.lay(views, facts.wanted(by.agreed))
            yield (
                cause,
                {
                    (storefront, key, tuple(sorted(cell.dimensions.items()))): number(
                        cell
                    )
                    for storefront, key, cell in publish.cells(views, by.agreed)
                },
            )


@contextmanager
def _over(
    before: Path, after: Path, rows: Mapping[str, str], others: str
) -> Iterator[Engine]:
    with engine.database() as connection:
        views = Engine(connection)
        for side, folder in (("before", before), ("after", after)):
            for parquet in sorted(folder.glob("*.parquet")):
                views.read(f"{side}_{parquet.stem}", parquet)
        for parquet in sorted(after.glob("*.parquet")):
            table = parquet.stem
            views.mix(table, rows.get(table, others))
        yield views
