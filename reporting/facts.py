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
from reporting.engine import Engine

# In the order in which one builds on another, each with what it is told.
FACTS: Mapping[str, Mapping[str, Any]] = {
    "facts/orders": {},
    "facts/touches": {},
    "facts/refunded": {},
    "facts/buyers": {"no_touch": UNATTRIBUTED},
    "facts/person_months": {"no_touch": UNATTRIBUTED},
    "facts/spent": {},
}
# Read once by others: nothing is gained by keeping it.
PASSING = frozenset({"facts/touches"})


@dataclass(frozen=True)
class Wanted:
    """What facts are to be known for: the windows of days some metric asks for."""

    windows: tuple[int, ...]


def wanted(agreed: Agreed) -> Wanted:
    """Return what the metrics agreed on ask of the facts."""
    days = {
        int(metric.parameters["days"])
        for metric in agreed.metrics.values()
        if metric.view == "lifetime_value"
    }
    return Wanted(windows=tuple(sorted(days)))


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
    views.give("windows", {"days": "bigint"}, [(days,) for days in wanted.windows])
