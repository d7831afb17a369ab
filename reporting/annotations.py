"""What changed under a published number, worked out once as the next build goes up."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.db.models import Q

from governance import calculations, dictionary
from governance.models import Kind, State, Version
from reporting.metrics.attribution import CREDITED
from reporting.models import Annotation, Build

# The definitions that numbers depend on.
READ = (
    Kind.KPI,
    Kind.ATTRIBUTION,
    Kind.CAMPAIGN_RULE,
    Kind.MAPPING,
    Kind.OWNERSHIP,
    Kind.SOURCE,
    Kind.STREAM,
)

# Parts that are words for people; no number moves with them.
_WORDS = frozenset({"name", "cadence", "is_generated"})

type Versions = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class _Kpi:
    """How a published number is computed, and what a new version does to earlier ones."""

    formula: str
    comparison: str


def versions() -> dict[str, dict[str, int]]:
    """Return the version in force of every definition that numbers depend on."""
    found: dict[str, dict[str, int]] = {}
    held = Version.objects.current().filter(kind__in=READ).order_by("kind", "key")
    for kind, key, number in held.values_list("kind", "key", "number"):
        found.setdefault(kind, {})[key] = number
    return found


def write(*, build: Build, before: Build | None) -> list[Annotation]:
    """Keep what came into force between two builds, for each number it is read by.

    What an installation begins with is no change, nor is a KPI that was not there before:
    no earlier chart shows it. A build that kept no versions can be compared with nothing.
    """
    if before is None or not before.versions:
        return []
    kpis = _kpis(build)
    return Annotation.objects.bulk_create(
        _annotation(build, metric, kpis[metric], version, earlier)
        for version, earlier in _between(before.versions, build.versions)
        for metric in sorted(_reading(version, kpis))
    )


def _kpis(build: Build) -> dict[str, _Kpi]:
    """Return the build's KPIs; while none was agreed on, what the code has."""
    said = {
        version.key: _Kpi(version.body["formula"], version.body["comparison"])
        for version in _asked({Kind.KPI: build.versions.get(Kind.KPI, {})})
    }
    nothing = Annotation.Comparison.RESTATED
    return {key: said.get(key, _Kpi(key, nothing)) for key in build.definitions}


def _between(
    before: Versions, after: Versions
) -> Iterator[tuple[Version, Version | None]]:
    """Yield each version that came into force, with the one before it."""
    changed = {
        (kind, key): (before.get(kind, {}).get(key, 0), number)
        for kind, numbers in after.items()
        for key, number in numbers.items()
        if number > before.get(kind, {}).get(key, 0)
    }
    wanted = Q(pk__in=[])
    for (kind, key), (low, high) in changed.items():
        wanted |= Q(kind=kind, key=key, number__gte=low, number__lte=high)
    found = {
        (version.kind, version.key, version.number): version
        for version in Version.objects.filter(wanted).select_related(
            "operation__revision__request"
        )
    }
    for (kind, key), (low, high) in sorted(changed.items()):
        for number in range(low + 1, high + 1):
            version, earlier = (
                found[kind, key, number],
                found.get((kind, key, number - 1)),
            )
            if _counts(version, earlier):
                yield version, earlier


def _counts(version: Version, earlier: Version | None) -> bool:
    if version.operation.revision.request.is_bootstrap:
        return False
    if version.kind == Kind.KPI:
        return earlier is not None
    if earlier is None:
        return version.state != State.RETIRED
    return _moving(version) != _moving(earlier)


def _moving(version: Version) -> tuple[object, ...]:
    said = {name: part for name, part in version.body.items() if name not in _WORDS}
    return (version.state == State.RETIRED, said)


def _reading(version: Version, kpis: Mapping[str, _Kpi]) -> Iterator[str]:
    """Yield the numbers that are computed from what the version is about."""
    if version.kind == Kind.KPI:
        yield from {version.key} & kpis.keys()
        return
    if version.kind == Kind.ATTRIBUTION:
        yield from (key for key, kpi in kpis.items() if kpi.formula in CREDITED)
        return
    stake = dictionary.at_stake(version.kind, version.key, dictionary.held())
    found = calculations.readers(stake)
    yield from (key for key, kpi in kpis.items() if kpi.formula in found)


def _annotation(
    build: Build, metric: str, kpi: _Kpi, version: Version, earlier: Version | None
) -> Annotation:
    return Annotation(
        build=build,
        metric=metric,
        kind=version.kind,
        key=version.key,
        before=earlier.number if earlier else None,
        after=version.number,
        since=version.valid_during.lower,
        comparison=kpi.comparison,
        request=version.operation.revision.request,
        text=_in_words(version, earlier),
    )


def _in_words(version: Version, earlier: Version | None) -> str:
    if earlier is None:
        return "New."
    told = dictionary.differences(earlier, version)
    return " ".join(
        f"{one.label}: {one.before or 'nothing'} → {one.after or 'nothing'}."
        for one in told
    )


def _asked(numbers: Versions) -> Iterable[Version]:
    wanted = Q(pk__in=[])
    for kind, by_key in numbers.items():
        for key, number in by_key.items():
            wanted |= Q(kind=kind, key=key, number=number)
    return Version.objects.filter(wanted)
