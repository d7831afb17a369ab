"""What is known of each person, computed once and read by every view.

A fact is computable from one owner's rows alone, so that facts of a few people can be
computed anew and stand beside those of everybody else. The *owner* of a row is the
person whose it is, or the order itself where nobody is known.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from governance.taxonomy import UNATTRIBUTED
from reporting.agreed import Agreed
from reporting.attribution import crediting
from reporting.attribution.crediting import Given, Model
from reporting.engine import Engine

# In the order in which one builds on another, each with what it is told.
FACTS: Mapping[str, Mapping[str, Any]] = {
    "facts/orders": {},
    "facts/touches": {},
    "facts/refunded": {},
    "facts/buyers": {"no_touch": UNATTRIBUTED},
    "facts/person_months": {"no_touch": UNATTRIBUTED},
    "facts/spent": {},
    "facts/credits": {},
    "facts/credited": {},
    "facts/steps": {},
    "facts/walked": {},
    "facts/attributed": {},
}
# Read once by others: nothing is gained by keeping it.
PASSING = frozenset({"facts/touches", "facts/credits", "facts/steps"})


@dataclass(frozen=True)
class Wanted:
    """What facts are to be known for.

    The windows of days some metric asks for; the models that share out credit, among these
    channels.
    """

    windows: tuple[int, ...]
    models: tuple[Model, ...]
    channels: tuple[str, ...]


def wanted(agreed: Agreed) -> Wanted:
    """Return what the metrics agreed on ask of the facts."""
    days = {
        int(metric.parameters["days"])
        for metric in agreed.metrics.values()
        if metric.view == "lifetime_value"
    }
    return Wanted(
        windows=tuple(sorted(days)),
        models=agreed.models,
        channels=crediting.channels_of(agreed.rules),
    )


def lay(views: Engine, wanted: Wanted) -> None:
    """Compute every fact from the tables the engine sees, and keep it."""
    give(views, wanted)
    for fact, parameters in FACTS.items():
        if fact in PASSING:
            views.see(fact)
        else:
            views.keep(fact, **parameters)


def give(views: Engine, wanted: Wanted) -> None:
    """Let facts find what they are to be known for."""
    for table, (columns, rows) in tables(wanted).items():
        views.give(table, columns, rows)


def tables(wanted: Wanted) -> dict[str, Given]:
    """Return what stands in no snapshot and facts are told, table by table."""
    return {
        "windows": ({"days": "bigint"}, [(days,) for days in wanted.windows]),
        **crediting.tables(wanted.models, wanted.channels),
    }
