"""Who reads a definition, down to the pages; and what a KPI is made of, up to the columns."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import CharField, F, Func, Value

from governance import calculations
from governance.calculations import TAGS, Fields, Page
from governance.dictionary.lineage import CONDITIONS, Flow, Link, flow_of, name_of
from governance.models import Kind, Version
from governance.models.versions import VersionQuerySet
from governance.projections import field_of

# So many fields of a KPI are named beside it; its own page has them all.
NAMED = 4


@dataclass(frozen=True)
class Reader:
    """A KPI that reads a field: through which fields of its own, and where it shows."""

    kpi: Link
    through: tuple[str, ...]
    pages: tuple[Page, ...]

    @property
    def more(self) -> int:
        """Return how many of those fields are not named in a list."""
        return max(0, len(self.through) - NAMED)


@dataclass(frozen=True)
class Origin:
    """A field a KPI reads: which columns fill it, or what it is worked out from.

    What has no page of its own in the dictionary is not ``defined``.
    """

    field: Link
    is_defined: bool
    flows: tuple[Flow, ...]
    made_from: tuple[str, ...]


def readers(kind: str, key: str, held: VersionQuerySet) -> list[Reader]:
    """Return the KPIs that read what the definition is about, as they are held then."""
    found = calculations.readers(at_stake(kind, key, held))
    if not found:
        return []
    kpis = held.filter(kind=Kind.KPI, body__formula__in=list(found)).in_use()
    return [
        Reader(
            Link(kpi.kind, kpi.key, name_of(kpi)),
            tuple(sorted(found[kpi.body["formula"]])),
            tuple(calculations.pages(kpi.key)),
        )
        for kpi in sorted(kpis, key=lambda each: (name_of(each), each.key))
    ]


def at_stake(kind: str, key: str, held: VersionQuerySet) -> Fields:
    """Return the fields that would say something else if the definition did."""
    match kind:
        case Kind.FIELD | Kind.OWNERSHIP:
            return frozenset({key})
        case Kind.CHANNEL | Kind.CAMPAIGN_RULE:
            return TAGS
        case Kind.MAPPING:
            mappings = [key]
        case Kind.STREAM | Kind.SOURCE:
            apart = ":" if kind == Kind.STREAM else "/"
            filled = held.filter(kind=Kind.MAPPING, key__startswith=f"{key}{apart}")
            mappings = list(filled.in_use().values_list("key", flat=True))
        case _:
            mappings = []
    return frozenset(field for each in mappings for field in _filled(each))


def origins(version: Version, held: VersionQuerySet) -> list[Origin]:
    """Return every field a KPI is made of, by name; of other kinds, nothing."""
    if version.kind != Kind.KPI:
        return []
    reads = calculations.read_by(str(version.body.get("formula", "")))
    fields = reads.union(*map(calculations.origins_of, reads))
    names = {
        each.key: name_of(each) for each in held.filter(kind=Kind.FIELD, key__in=fields)
    }
    filled = _filling(fields, held)
    return [
        Origin(
            Link(Kind.FIELD, key, names.get(key, key)),
            key in names,
            tuple(filled.get(key, ())),
            tuple(sorted(calculations.made_from(key))),
        )
        for key in sorted(fields)
    ]


def _filled(mapping: str) -> Iterator[str]:
    """Yield the fields a mapping fills; all of its entity's, where it is a condition."""
    _, entity, name = field_of(mapping)
    if name not in CONDITIONS:
        yield f"{entity}.{name}"
        return
    for field in calculations.every_field():
        if field.startswith(f"{entity}."):
            yield field


def _filling(fields: Fields, held: VersionQuerySet) -> dict[str, list[Flow]]:
    """Return which columns fill each of the fields, asked for once."""
    target = Func(
        F("key"), Value(":"), Value(2), function="split_part", output_field=CharField()
    )
    mappings = (
        held.filter(kind=Kind.MAPPING)
        .in_use()
        .annotate(target=target)
        .filter(target__in=fields)
        .order_by("key")
    )
    found: dict[str, list[Flow]] = {}
    for mapping in mappings:
        flow = flow_of(mapping)
        found.setdefault(flow.field, []).append(flow)
    return found
