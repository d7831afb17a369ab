"""What the registries say, as far as a number depends on it.

A KPI is a calculation written here under the parameters that were agreed; a new window
of one is a new version of the KPI, and no new code.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from governance import channels
from governance.kinds import Said
from governance.models import Kind, Operation, State, Version
from governance.taxonomy import Rule
from reporting import metrics
from reporting.attribution import crediting
from reporting.attribution.crediting import Model
from reporting.metrics import METRICS, Metric

# What is published has to agree with itself in these; see ``reporting.checks``.
CHECKED = frozenset({"customers", "orders", "revenue"})


@dataclass(frozen=True)
class Agreed:
    """The metrics to compute, with their parameters, and what they share.

    That is the rules that make channels, and the models that share out credit among them:
    the primary one comes first.
    """

    metrics: Mapping[str, Metric]
    rules: tuple[Rule, ...]
    models: tuple[Model, ...]

    def versions(self) -> dict[str, str]:
        """Return the version of every definition, as a build keeps it."""
        return {key: self.metrics[key].version for key in sorted(self.metrics)}


def now() -> Agreed:
    """Return what is in force; what the code has, while no KPI was agreed on."""
    return Agreed(
        metrics=_metrics(list(_in_force(Kind.KPI).values())),
        rules=tuple(channels.rules()),
        models=crediting.in_order(_shared_out_by(_in_force(Kind.ATTRIBUTION))),
    )


def as_of(moment: datetime) -> Agreed:
    """Return the metrics and models that were in force at the moment.

    The rules are those of now: what channels visits had stands in the rows of the moment.
    """
    kpis, models = (
        {
            one.key: (one, str(one.number))
            for one in Version.objects.as_of(moment).filter(kind=kind)
        }
        for kind in (Kind.KPI, Kind.ATTRIBUTION)
    )
    return Agreed(
        metrics=_metrics(list(kpis.values())),
        rules=tuple(channels.rules()),
        models=crediting.in_order(_shared_out_by(models)),
    )


def proposed(operations: Sequence[Operation]) -> Agreed:
    """Return what would be in force with these operations applied."""
    return Agreed(
        metrics=_metrics(list(_with(operations, Kind.KPI).values())),
        rules=tuple(channels.rules_with(operations)),
        models=crediting.in_order(_shared_out_by(_with(operations, Kind.ATTRIBUTION))),
    )


def problems(operations: Sequence[Operation]) -> Iterable[str]:
    """Yield what is wrong with KPIs and models as they would be, in words."""
    yield from _problems_of_kpis(operations)
    if any(operation.kind == Kind.ATTRIBUTION for operation in operations):
        yield from _problems_of_models(_with(operations, Kind.ATTRIBUTION))


def _problems_of_kpis(operations: Iterable[Operation]) -> Iterable[str]:
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


def _problems_of_models(held: Mapping[str, tuple[Said, str]]) -> Iterable[str]:
    models = _shared_out_by(held)
    for model in models:
        if why := crediting.problem(model):
            yield f"Attribution model {model.key}: {why}"
    primary = [model.key for model in models if model.is_primary]
    if len(primary) > 1:
        yield (
            f"Attribution models {' and '.join(primary)} would both be primary; budgets "
            f"follow one. Let the others be for context: primary = false."
        )
    if not primary:
        yield (
            "No attribution model would be primary, and budgets follow one. Let one of "
            "them be: primary = true."
        )


def _in_force(kind: str) -> dict[str, tuple[Said, str]]:
    """Return each definition in force by its key, with what its version is called."""
    held = Version.objects.current().filter(kind=kind)
    return {one.key: (one, str(one.number)) for one in held}


def _with(operations: Iterable[Operation], kind: str) -> dict[str, tuple[Said, str]]:
    """Return each definition as it would be with these operations applied."""
    held = _in_force(kind)
    for operation in operations:
        if operation.kind == kind:
            held[operation.key] = (operation, "proposed")
    return held


def _shared_out_by(held: Mapping[str, tuple[Said, str]]) -> list[Model]:
    return [
        crediting.of_body(key, version, said.body)
        for key, (said, version) in sorted(held.items())
        if said.state != State.RETIRED and said.body["formula"] != crediting.ACQUISITION
    ]


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
