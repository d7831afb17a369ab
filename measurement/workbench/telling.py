"""What a reader is shown of a trial: values of people only where they may see them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from governance import dictionary
from governance.models import FieldMapping, User, Version
from governance.models import Kind as Definition
from measurement.mapping.described import CONDITIONS
from measurement.models import MappingTrial
from measurement.workbench import sensitivity, shapes, trying

_QUOTED = re.compile(r'"(.*)"', re.DOTALL)


@dataclass(frozen=True)
class Rule:
    """A rule that was tried, in words, beside the one in force."""

    key: str
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Value:
    """What a field of a row says now, and what it would say."""

    label: str
    before: str
    after: str
    is_changed: bool


@dataclass(frozen=True)
class Sample:
    """A row as it came, and what would become of it."""

    line: int
    columns: Sequence[tuple[str, str]]
    values: Sequence[Value]


@dataclass(frozen=True)
class Reject:
    """Rows that would not be taken in, from the first of them on, and why."""

    line: int
    rows: int
    field: str
    reason: str
    is_new: bool


@dataclass(frozen=True)
class Told:
    """A trial as one reader is shown it."""

    trial: MappingTrial
    rules: Sequence[Rule]
    filled: Sequence[tuple[str, int, int]]
    written: Sequence[tuple[str, int]]
    samples: Sequence[Sample]
    rejects: Sequence[Reject]
    is_masked: bool


def tell(trial: MappingTrial, *, reader: User) -> Told:
    """Return what the reader may see of the trial."""
    mappings = list(trial.stream.mappings.all())
    labels = _labels()
    hides = _Hides(trial, mappings, sees_all=sensitivity.may_see(reader))
    answer = trial.answer
    samples = [hides.sample(each, labels) for each in answer.get("samples", [])]
    rejects = _together(hides.reject(each) for each in answer.get("rejects", []))
    return Told(
        trial=trial,
        rules=_rules(trial, mappings, labels),
        filled=[
            (labels.get(each["field"], each["field"]), each["before"], each["after"])
            for each in answer.get("filled", [])
        ],
        written=[
            (name.replace("_", " "), rows)
            for name, rows in answer.get("written", {}).items()
        ],
        samples=samples,
        rejects=rejects,
        is_masked=hides.has_hidden,
    )


class _Hides:
    """Leaves the shape of what says something of a person, for who may not see it."""

    def __init__(
        self, trial: MappingTrial, mappings: Sequence[FieldMapping], *, sees_all: bool
    ) -> None:
        self.sees_all = sees_all
        self.has_hidden = False
        self.sensitivities = sensitivity.of_fields()
        proposed = [
            FieldMapping(entity=each.entity, field=each.field, rule=each.rule)
            for each in trying.wanted_by(trial)
            if each.rule is not None
        ]
        every = [*mappings, *proposed]
        # Only what is agreed opens a column: a proposal that did would let whoever makes
        # it read any column they like.
        agreed = sensitivity.open_columns(mappings, self.sensitivities)
        self.open_columns = agreed - self._closed_by(every)
        self.hidden = {
            _key(row)
            for row in every
            if not sensitivity.is_open(_key(row), self.sensitivities)
        } | {
            _key(row)
            for row in proposed
            if not self.open_columns.issuperset(dictionary.columns_of(row.rule))
        }
        # A reason names its field without the entity: one that hides hides them all.
        self.hidden_names = {key.partition(".")[2] for key in self.hidden}

    def _closed_by(self, mappings: Sequence[FieldMapping]) -> set[str]:
        return {
            name
            for row in mappings
            if not sensitivity.is_open(_key(row), self.sensitivities)
            and row.field not in CONDITIONS
            for name in dictionary.columns_of(row.rule)
        }

    def sample(self, said: Mapping[str, Any], labels: Mapping[str, str]) -> Sample:
        return Sample(
            line=said["line"],
            columns=[
                (name, self._shown(text, is_open=name in self.open_columns))
                for name, text in said["columns"]
            ],
            values=[
                self._value(key, before, after, labels)
                for key, before, after in said["fields"]
            ],
        )

    def reject(self, said: Mapping[str, Any]) -> Reject:
        reason = str(said["reason"])
        if said["field"] in self.hidden_names:
            reason = _QUOTED.sub(
                lambda quoted: f'"{self._shown(quoted[1], is_open=False)}"', reason
            )
        return Reject(said["line"], said["rows"], said["field"], reason, said["is_new"])

    def _value(
        self, key: str, before: str, after: str, labels: Mapping[str, str]
    ) -> Value:
        is_open = key not in self.hidden and sensitivity.is_open(
            key, self.sensitivities
        )
        return Value(
            labels.get(key, key),
            self._shown(before, is_open=is_open),
            self._shown(after, is_open=is_open),
            is_changed=before != after,
        )

    def _shown(self, text: str, *, is_open: bool) -> str:
        if is_open or self.sees_all or text in {"", trying.FOUND}:
            return text
        self.has_hidden = True
        return shapes.masked(text)


def _together(rejects: Iterable[Reject]) -> list[Reject]:
    """Return each reason once: of those who hide what they quote, many look alike."""
    found: dict[tuple[str, str, bool], Reject] = {}
    for each in rejects:
        same = (each.field, each.reason, each.is_new)
        first = found.get(same)
        found[same] = replace(first, rows=first.rows + each.rows) if first else each
    return list(found.values())


def _key(row: FieldMapping) -> str:
    return f"{row.entity}.{row.field}"


def _labels() -> dict[str, str]:
    """Return what people call each field, by its key."""
    fields = Version.objects.current().filter(kind=Definition.FIELD)
    return {each.key: str(each.body.get("name") or each.key) for each in fields}


def _rules(
    trial: MappingTrial, mappings: Sequence[FieldMapping], labels: Mapping[str, str]
) -> list[Rule]:
    now = {_key(row): row.rule for row in mappings}
    return [
        Rule(
            key=each.key,
            label=labels.get(each.key, each.field.replace("_", " ")),
            before=dictionary.rule_in_words(now[each.key]) if each.key in now else "",
            after="" if each.rule is None else dictionary.rule_in_words(each.rule),
        )
        for each in trying.wanted_by(trial)
    ]
