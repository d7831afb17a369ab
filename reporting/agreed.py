"""What the registries say, as far as a number depends on it.

A KPI is a calculation written here under the parameters that were agreed; a new window
of one is a new version of the KPI, and no new code.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from governance import channels
from governance.kinds import Said
from governance.models import Kind, Operation, State, Version
from governance.taxonomy import Rule
from reporting import metrics
from reporting.metrics import METRICS, Metric

# What is published has to agree with itself in these; see ``reporting.checks``.
CHECKED = frozenset({"customers", "orders", "revenue"})


@dataclass(frozen=True)
class Agreed:
    """The metrics to compute, with their parameters, and the rules that make channels."""

    metrics: Mapping[str, Metric]
    rules: tuple[Rule, ...]

    def versions(self) -> dict[str, str]:
        """Return the version of every definition, as a build keeps it."""
        return {key: self.metrics[key].version for key in sorted(self.metrics)}


def now() -> Agreed:
    """Return what is in force; what the code has, while no KPI was agreed on."""
    return Agreed(
        metrics=_metrics(list(_kpis().values())), rules=tuple(channels.rules())
    )


def proposed(operations: Sequence[Operation]) -> Agreed:
    """Return what would be in force with these operations applied."""
    kpis = _kpis()
    for operation in operations:
        if operation.kind == Kind.KPI:
            kpis[operation.key] = (operation, "proposed")
    return Agreed(
        metrics=_metrics(list(kpis.values())),
        rules=tuple(channels.rules_with(operations)),
    )


def problems(operations: Iterable[Operation]) -> Iterable[str]:
    """Yield what is wrong with KPIs as they would be, in words."""
    for operation in operations:
        if operation.kind != Kind.KPI:
            continue
        if operation.state == State.RETIRED:
            if operation.key in CHECKED:
                yield (
                    f"KPI {operation.key} cannot be given up: every build is checked "
                    f"by it before it is published."
                )
            continue
        formula = METRICS.get(operation.body["formula"])
        if formula is None:
            yield (
                f"KPI {operation.key}: there is no calculation "
                f"'{operation.body['formula']}'; there are {', '.join(METRICS)}."
            )
        elif "days" in formula.parameters and operation.body["window_days"] < 1:
            yield f"KPI {operation.key}: window_days is missing; it counts from day 0."


def _kpis() -> dict[str, tuple[Said, str]]:
    """Return each KPI in force by its key, with what its version is called."""
    held = Version.objects.current().filter(kind=Kind.KPI)
    return {kpi.key: (kpi, str(kpi.number)) for kpi in held}


def _metrics(kpis: Sequence[tuple[Said, str]]) -> dict[str, Metric]:
    if not kpis:
        return {
            key: replace(metric, min_n=metrics.MIN_N) for key, metric in METRICS.items()
        }
    found = {
        said.key: _metric(said, version)
        for said, version in kpis
        if said.state != State.RETIRED and said.body["formula"] in METRICS
    }
    # In the order in which the code has them; new ones of a calculation after it.
    order = list(METRICS)
    return dict(sorted(found.items(), key=lambda item: _place(item[1], order)))


def _metric(said: Said, version: str) -> Metric:
    formula = METRICS[said.body["formula"]]
    parameters = dict(formula.parameters)
    if "days" in parameters:
        parameters["days"] = said.body["window_days"]
    return replace(
        formula,
        key=said.key,
        version=version,
        parameters=parameters,
        min_n=said.body["min_n"],
    )


def _place(metric: Metric, order: list[str]) -> tuple[int, str]:
    return (order.index(metric.key) if metric.key in order else len(order), metric.key)
