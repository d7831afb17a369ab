"""Our engine over a made-up snapshot, step by step, in a process of its own."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import django

from benchmarks.shop import made
from measurement.memory import peak_mb

HERE = Path(__file__).parent
# What each of the seven views has to read, at the least.
NEEDED: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "lifetime_value": {
        "placed": ("order_id", "owner", "placed_us", "placed_on", "is_purchase"),
        "lines": ("order_id", "sales"),
        "refunds": ("order_id", "amount"),
        "visits": ("person_id", "touched_us", "channel"),
    },
    "cohorts": {
        "placed": ("order_id", "owner", "placed_us", "month", "is_purchase", "segment"),
        "lines": ("order_id", "sales"),
        "refunds": ("order_id", "amount"),
    },
    "repeat": {
        "placed": ("owner", "placed_us", "placed_on", "is_purchase"),
        "visits": ("person_id", "touched_us", "channel"),
    },
    "money": {
        "placed": ("order_id", "owner", "placed_us", "month", "is_purchase"),
        "lines": ("order_id", "kind", "product_id", "kept", "sales", "discounts"),
        "refunds": ("order_id", "amount", "month"),
    },
    "three_models": {
        "placed": ("order_id", "owner", "placed_us", "month", "is_purchase"),
        "lines": ("order_id", "sales"),
        "refunds": ("order_id", "amount"),
        "visits": ("person_id", "touched_us", "channel"),
    },
    "reconciliation": {
        "placed": ("owner", "is_purchase"),
        "contacts": ("person_id", "orders"),
    },
    "stage_then": {
        "placed": ("order_id", "owner", "placed_us", "is_purchase"),
        "lines": ("order_id", "sales"),
        "refunds": ("order_id", "amount"),
        "stages": ("person_id", "stage"),
    },
}
# The facts the seven views stand on; the others are of further models and views.
NEEDED_FACTS = ("orders", "refunded", "buyers", "person_months", "spent")


@dataclass(frozen=True)
class Took:
    """Seconds by the clock and of the processors."""

    wall: float
    cpu: float


@dataclass
class Built:
    """What each step took, the most memory in MB, and what the views say."""

    scan: Took = Took(0, 0)
    seven: dict[str, Took] = field(default_factory=dict)
    further: dict[str, Took] = field(default_factory=dict)
    peak: float = 0
    said: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    @property
    def wall(self) -> float:
        return sum(each.wall for each in self.seven.values())

    @property
    def cpu(self) -> float:
        return sum(each.cpu for each in self.seven.values())


def run(folder: Path, channels: tuple[str, ...], *, further: bool = True) -> Built:
    """Scan what is needed, then compute the seven views, and then everything else."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "measurement.settings")
    django.setup()
    from reporting import engine, facts
    from reporting.attribution import crediting

    built = Built()
    wanted = facts.Wanted(
        windows=(30, 60, 90, 365), models=crediting.DEFAULTS, channels=channels
    )
    with engine.over(folder) as views:
        for table in made.BESIDE:
            views.read(table, folder / "beside" / f"{table}.parquet")
        built.scan = _timed(lambda: _scan(views))
        facts.give(views, wanted)
        for fact, parameters in facts.FACTS.items():
            name = Path(fact).name
            if fact in facts.PASSING:
                views.see(fact)
            elif name in NEEDED_FACTS:
                built.seven[name] = _timed(partial(views.keep, fact, **parameters))
        _seven(views, built)
        if further:
            _further(views, built)
    built.peak = peak_mb()
    return built


def _seven(views: Any, built: Built) -> None:
    def ask(name: str, rows: Callable[[], list[Any]]) -> None:
        def answered() -> None:
            built.said[name] = [dict(row) for row in rows()]

        built.seven[name] = _timed(answered)

    for days in (30, 90, 365):
        ask(f"lifetime_value {days}", partial(views.rows, "lifetime_value", days=days))
    ask("cohorts", partial(views.rows, "cohorts"))
    ask("repeat_rate", partial(views.rows, "repeat_rate", days=90))
    ask("money", partial(views.rows, "money"))
    for name in ("time_to_second", "three_models", "reconciliation", "stage_then"):
        statement = (HERE / "views" / f"{name}.sql").read_text()
        ask(name, partial(_asked, views, statement))


def _further(views: Any, built: Built) -> None:
    """Compute what else is kept, and every other view that a metric reads."""
    from reporting import facts
    from reporting.metrics import METRICS

    for fact, parameters in facts.FACTS.items():
        name = Path(fact).name
        if fact not in facts.PASSING and name not in NEEDED_FACTS:
            built.further[f"fact {name}"] = _timed(
                partial(views.keep, fact, **parameters)
            )
    questions = {
        (metric.view, tuple(sorted(metric.parameters.items())))
        for metric in METRICS.values()
    }
    for view, given in sorted(questions, key=str):
        if view not in ("lifetime_value", "cohorts", "repeat_rate", "money"):
            named = " ".join([view, *(f"{value}" for _, value in given)])
            built.further[f"view {named}"] = _timed(
                partial(views.rows, view, **dict(given))
            )


def _scan(views: Any) -> None:
    for needed in NEEDED.values():
        for table, columns in needed.items():
            # The greatest of each: written down for no file after such a change.
            read = ", ".join(f"max({_changed(name)})" for name in columns)
            _asked(views, f"select {read} from {table}")


def _asked(views: Any, statement: str) -> list[Any]:
    return list(views._ask(statement, {}))


def _changed(column: str) -> str:
    texts = ("channel", "kind", "segment", "stage")
    return column if column in texts else f"{column} + 1"


def _timed(work: Callable[[], object]) -> Took:
    wall, cpu = perf_counter(), process_time()
    work()
    return Took(perf_counter() - wall, process_time() - cpu)
