"""A stream's columns as they came, beside the fields they become."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import models
from django.db.models import F, Q

from governance import dictionary
from governance.models import (
    ChangeRequest,
    FieldMapping,
    Kind,
    Operation,
    SourceStream,
    State,
    User,
    Version,
)
from governance.observed import Observation
from measurement.entities import ENTITIES, Entity
from measurement.mapping.described import CONDITIONS
from measurement.mapping.ownership import Ownership, agreed
from measurement.models import ColumnProfile, FieldFill, SyncRun
from measurement.workbench import sensitivity
from measurement.workbench.suggesting import Suggestion, Target, plain, suggest


@dataclass(frozen=True)
class Column:
    """A column of the source as it was last seen, and what it becomes."""

    profile: ColumnProfile
    seen: Observation
    fills: Sequence[str]
    # Entities of which it decides whether a row is one.
    decides: Sequence[str]
    words: Sequence[str]
    suggestions: Sequence[Suggestion]
    is_new: bool
    is_gone: bool

    @property
    def is_mapped(self) -> bool:
        return bool(self.fills or self.decides)


@dataclass(frozen=True)
class Field:
    """A canonical field as this stream fills it, or does not."""

    key: str
    label: str
    is_required: bool
    is_mapped: bool
    rule: str
    owner: str = ""
    may_fill: bool = True
    state: str = ""
    seen: Observation | None = None
    is_condition: bool = False

    @property
    def is_missing(self) -> bool:
        return self.is_required and not self.is_mapped


@dataclass(frozen=True)
class Group:
    """The fields of one entity; ``is_told`` where the stream makes rows of it."""

    entity: str
    label: str
    is_grain: bool
    is_told: bool
    fields: Sequence[Field]


@dataclass(frozen=True)
class Bench:
    """Everything the page of a stream lays out."""

    stream: SourceStream
    run: SyncRun | None
    columns: Sequence[Column]
    told: Sequence[Group]
    others: Sequence[Group]
    # Open requests that want it mapped otherwise.
    asked: Sequence[ChangeRequest]

    @property
    def grain(self) -> str:
        return self.stream.grain.replace("_", " ")

    @property
    def present(self) -> int:
        return sum(not each.is_gone for each in self.columns)

    @property
    def unmapped(self) -> int:
        return sum(not each.is_mapped and not each.is_gone for each in self.columns)

    @property
    def suggested(self) -> int:
        return sum(bool(each.suggestions) for each in self.columns)

    @property
    def missing(self) -> list[Field]:
        return [each for group in self.told for each in group.fields if each.is_missing]


def lay(stream: SourceStream, *, reader: User) -> Bench:
    """Return a stream's columns and the fields, side by side."""
    mappings = list(stream.mappings.all())
    said = Version.objects.current().filter(kind=Kind.FIELD)
    fields = {each.key: each for each in said}
    profiles = list(stream.profiles.select_related("first_run", "last_run"))
    run = (
        stream.runs.filter(state=SyncRun.State.DONE)
        .select_related("file")
        .order_by("-pk")
        .first()
    )
    groups = _groups(stream, mappings, fields)
    return Bench(
        stream=stream,
        run=run,
        columns=_columns(stream, profiles, mappings, groups, fields),
        told=[each for each in groups if each.is_told],
        others=[each for each in groups if not each.is_told],
        asked=_asked(stream, reader),
    )


def _asked(stream: SourceStream, reader: User) -> list[ChangeRequest]:
    """Return who wants it mapped otherwise; a draft is shown to whoever writes it."""
    touching = Operation.objects.filter(
        kind=Kind.MAPPING,
        key__startswith=f"{stream}:",
        revision__number=F("revision__request__revision"),
    ).values("revision__request")
    return list(
        ChangeRequest.objects.open()
        .filter(pk__in=touching)
        .exclude(~Q(requested_by=reader), state=ChangeRequest.State.DRAFT)
    )


def _groups(
    stream: SourceStream,
    mappings: Sequence[FieldMapping],
    said: Mapping[str, Version],
) -> list[Group]:
    rules: dict[str, dict[str, object]] = defaultdict(dict)
    for row in mappings:
        rules[row.entity][row.field] = row.rule
    fills = {
        f"{each.entity}.{each.field}": Observation(
            str(stream), each.rows, each.filled, each.last_filled_at
        )
        for each in FieldFill.objects.filter(stream=stream)
    }
    owned = agreed()
    return [
        _group(stream, entity, rules.get(entity.name, {}), said, fills, owned)
        for entity in _in_order(stream.grain)
    ]


def _in_order(grain: str) -> list[Entity]:
    return sorted(ENTITIES.values(), key=lambda each: each.name != grain)


def _group(
    stream: SourceStream,
    entity: Entity,
    rules: Mapping[str, object],
    said: Mapping[str, Version],
    fills: Mapping[str, Observation],
    owned: Mapping[str, Ownership],
) -> Group:
    found = [
        _field(stream, entity, name, rules, said, fills, owned)
        for name in entity.mappable()
    ]
    found.sort(key=lambda each: (not each.is_required, not each.is_mapped, each.key))
    is_grain = entity.name == stream.grain
    found += [
        _condition(entity, name, rules)
        for name in CONDITIONS
        # What is no row at all is said of rows that are told along the way.
        if name in rules or (not is_grain and name == "when_filled")
    ]
    return Group(
        entity=entity.name,
        label=entity.name.replace("_", " "),
        is_grain=is_grain,
        is_told=is_grain or bool(rules),
        fields=found,
    )


def _condition(entity: Entity, name: str, rules: Mapping[str, object]) -> Field:
    """Return what decides whether a row is one of the entity at all."""
    rule = rules.get(name)
    return Field(
        key=f"{entity.name}.{name}",
        label=f"Only rows where it is {name.removeprefix('when_')}",
        is_required=False,
        is_mapped=rule is not None,
        rule="" if rule is None else dictionary.rule_in_words(rule),
        is_condition=True,
    )


def _field(
    stream: SourceStream,
    entity: Entity,
    name: str,
    rules: Mapping[str, object],
    said: Mapping[str, Version],
    fills: Mapping[str, Observation],
    owned: Mapping[str, Ownership],
) -> Field:
    key = f"{entity.name}.{name}"
    version, ownership = said.get(key), owned.get(key)
    body = version.body if version else {}
    rule = rules.get(name)
    return Field(
        key=key,
        label=str(body.get("name") or name.replace("_", " ")),
        # A currency that is not said is the system's own.
        is_required=entity.needs(name) and name != "currency",
        is_mapped=rule is not None,
        rule="" if rule is None else dictionary.rule_in_words(rule),
        owner=", then ".join([ownership.owner, *ownership.fallbacks])
        if ownership
        else "",
        may_fill=ownership is None or ownership.lets(stream.system),
        state=version.state if version else "",
        seen=fills.get(key),
    )


def _columns(
    stream: SourceStream,
    profiles: Sequence[ColumnProfile],
    mappings: Sequence[FieldMapping],
    groups: Sequence[Group],
    said: Mapping[str, Version],
) -> list[Column]:
    fills: dict[str, list[str]] = defaultdict(list)
    decides: dict[str, list[str]] = defaultdict(list)
    for row in mappings:
        for name in dictionary.columns_of(row.rule):
            if row.field in CONDITIONS:
                decides[name].append(row.entity.replace("_", " "))
            else:
                fills[name].append(f"{row.entity}.{row.field}")
    newest = max((each.last_run_id for each in profiles), default=0)
    oldest = min((each.first_run_id for each in profiles), default=0)
    unmapped = [
        each for each in profiles
        if each.name not in {**fills, **decides} and each.last_run_id == newest
    ]  # fmt: skip
    suggested = suggest(unmapped, _targets(groups, said), _elsewhere(stream))
    sensitivities = {
        key: str(each.body.get("sensitivity", "")) for key, each in said.items()
    }
    may_tell = sensitivity.open_columns(mappings, sensitivities)
    return [
        Column(
            profile=each,
            seen=Observation(str(stream), each.rows, each.filled, None),
            fills=fills.get(each.name, []),
            decides=decides.get(each.name, []),
            words=each.words if each.name in may_tell else [],
            suggestions=suggested.get(each.name, []),
            is_new=each.first_run_id == newest != oldest,
            is_gone=each.last_run_id != newest,
        )
        # What is no longer sent comes last.
        for each in sorted(profiles, key=lambda each: each.last_run_id != newest)
    ]


def _targets(groups: Iterable[Group], said: Mapping[str, Version]) -> list[Target]:
    """Return the fields of what the stream tells that wait for a column, and may have one."""
    return [
        Target(field.key, field.label, found, _aliases(group, field, found, said))
        for group in groups
        if group.is_told
        for field in group.fields
        if not (field.is_mapped or field.is_condition)
        if field.may_fill and field.state != State.RETIRED
        for found in [ENTITIES[group.entity].field(field.key.partition(".")[2])]
    ]


def _aliases(
    group: Group,
    field: Field,
    found: "models.Field[object, object]",
    said: Mapping[str, Version],
) -> tuple[str, ...]:
    name = field.key.partition(".")[2]
    version = said.get(field.key)
    synonyms = version.body.get("synonyms", []) if version else []
    also = [f"{group.label} {name.replace('_', ' ')}"]
    if name == "source_id":
        also = [f"{group.label} id", *(["id"] if group.is_grain else [])]
    if isinstance(found, models.ForeignKey):
        also = [f"{name} id"]
    # A field whose name says nothing is called so by nobody.
    called = [name.replace("_", " "), field.label]
    return tuple(dict.fromkeys(map(str, [*called, *synonyms, *also])))


def _elsewhere(stream: SourceStream) -> dict[str, dict[str, str]]:
    """Return which fields columns fill in other streams, by the plain name of the column."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    others = FieldMapping.objects.exclude(stream=stream).select_related(
        "stream__system"
    )
    for row in others.order_by("stream__system__key", "stream__position", "pk"):
        if isinstance(row.rule, str):
            key = f"{row.entity}.{row.field}"
            found[plain(row.rule)].setdefault(key, str(row.stream))
    return found
