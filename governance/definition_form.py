"""What somebody types to say what a definition shall be, and why."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from math import isfinite
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone

from governance.kinds import KINDS, Part, Said, label_of
from governance.models import Domain, State

_LONG = {"meaning", "decision", "generated_note"}


class Moment(forms.DateTimeField):
    """A moment typed and shown in the reporting time zone."""

    def __init__(self, **options: Any) -> None:
        control = forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M")
        super().__init__(widget=control, **options)

    def clean(self, value: Any) -> datetime | None:
        with timezone.override(ZoneInfo(settings.REPORTING_TIME_ZONE)):
            found: datetime | None = super().clean(value)
        return found


class Lines(forms.CharField):
    """A list, one entry per line."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.Textarea({"rows": 3}), **options)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(str, value)) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        typed: str = super().clean(value)
        return [line.strip() for line in typed.splitlines() if line.strip()]


class Table(forms.CharField):
    """Names and values, as JSON."""

    def __init__(self, **options: Any) -> None:
        control = forms.Textarea({"rows": 6, "class": "mono", "spellcheck": "false"})
        super().__init__(widget=control, **options)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, dict):
            return json.dumps(value, indent=2, ensure_ascii=False) if value else ""
        return value

    def clean(self, value: Any) -> dict[str, Any]:
        return table(super().clean(value))


def table(typed: str) -> dict[str, Any]:
    """Return what was typed as a table; nothing typed is an empty one.

    >>> table('{"days": 90}')
    {'days': 90}

    Raises:
        ValidationError: it is none, or holds what the database cannot keep.
    """
    if not typed.strip():
        return {}
    try:
        read = json.loads(typed)
        unkept = next(filter(None, map(_unkept, _leaves(read))), "")
    except json.JSONDecodeError as error:
        raise ValidationError(
            f"This is no table: {error.msg[:1].lower()}{error.msg[1:]} in line "
            f'{error.lineno}, column {error.colno}. Write {{"name": value, …}}.'
        ) from error
    except (ValueError, RecursionError) as error:
        raise ValidationError(
            "This is no table: it is nested too deep, or a number in it is too long."
        ) from error
    if not isinstance(read, dict):
        raise ValidationError('This is no table. Write {"name": value, …}.')
    if unkept:
        raise ValidationError(unkept)
    return read


class RequestForm(forms.Form):
    """What is asked for in a sentence, why, and from when on."""

    title = forms.CharField(
        max_length=200, label="Title", help_text="What changes, in a few words."
    )
    reason = forms.CharField(
        label="Reason",
        widget=forms.Textarea({"rows": 3}),
        help_text="Who decides has nothing else to go by.",
    )
    effective_at = Moment(
        required=False,
        label="Takes effect",
        help_text="Left empty: as soon as it is approved and applied.",
    )

    def __init__(self, *given: Any, at: datetime, **options: Any) -> None:
        super().__init__(*given, **options)
        self.at = at

    def clean_effective_at(self) -> datetime | None:
        moment: datetime | None = self.cleaned_data["effective_at"]
        if moment and moment <= self.at:
            raise ValidationError(
                "This moment has passed, and nobody writes the past. Leave it empty, or "
                "choose a later one."
            )
        return moment


class DefinitionForm(forms.Form):
    """One definition as it shall be: a control for each part its kind has."""

    base = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    key = forms.CharField(
        max_length=200,
        label="Key",
        help_text="How it is named for good. Another key is another definition.",
    )
    domain = forms.ModelChoiceField(
        Domain.objects.order_by("name"),
        to_field_name="key",
        label="Domain",
        help_text="Which area of the business answers for it.",
    )
    state = forms.ChoiceField(
        choices=State, label="State", help_text="Whether it is still to be used."
    )
    successor = forms.CharField(
        required=False,
        max_length=200,
        label="Successor",
        help_text="The key of what is used instead of a deprecated or retired one.",
    )

    def __init__(
        self, data: Any = None, *, kind: str, key: str, said: Said | None, base: int
    ) -> None:
        body: Mapping[str, Any] = said.body if said else {}
        first = {
            "base": base,
            "key": key,
            "domain": said.domain_id if said else None,
            "state": said.state if said else State.ACTIVE,
            "successor": said.successor if said else "",
        }
        for part in KINDS[kind]:
            first[_control(part)] = body.get(part.name, part.default)
        super().__init__(data, initial=first)
        self.kind = kind
        for part in KINDS[kind]:
            self.fields[_control(part)] = _field(part)
        if key:
            # Its name is settled: a changed one would be another definition.
            self.fields["key"].disabled = True
            self.fields["key"].widget = forms.HiddenInput()
        after = ["domain", "state", "successor"]
        self.order_fields(["base", "key", *map(_control, KINDS[kind]), *after])

    def said(self) -> dict[str, Any]:
        """Return what was typed, by the names ``changes.Proposed`` has."""
        typed = self.cleaned_data
        return {
            "kind": self.kind,
            "key": typed["key"],
            "domain": typed["domain"].key,
            "state": typed["state"],
            "successor": typed["successor"],
            "base": typed["base"],
            "body": {
                part.name: typed[_control(part)]
                for part in KINDS[self.kind]
                # A number left empty is not said, and stands at its default.
                if typed[_control(part)] is not None
            },
        }


def _control(part: Part) -> str:
    # A part may have the name of something every definition has: a source has a kind.
    return f"part_{part.name}"


def _field(part: Part) -> forms.Field:
    said: dict[str, Any] = {"label": label_of(part.name), "help_text": part.meaning}
    needed = {**said, "required": part.is_needed}
    match part.type:
        case "yes or no":
            return forms.BooleanField(**said, required=False)
        case "whole number":
            return forms.IntegerField(**needed)
        case "number":
            return forms.FloatField(**needed)
        case "list":
            said["help_text"] = f"{part.meaning} One per line."
            return Lines(**{**needed, **said})
        case "table":
            said["help_text"] = f"{part.meaning} As JSON."
            return Table(**{**needed, **said})
    if part.choices:
        first = [("", "Choose one")] if part.is_needed else []
        return forms.ChoiceField(
            **needed, choices=[*first, *((each, each) for each in part.choices)]
        )
    control = forms.Textarea({"rows": 3}) if part.name in _LONG else forms.TextInput()
    return forms.CharField(**needed, widget=control)


def _leaves(value: Any) -> Iterator[Any]:
    match value:
        case dict():
            yield from value
            for each in value.values():
                yield from _leaves(each)
        case list():
            for each in value:
                yield from _leaves(each)
        case _:
            yield value


def _unkept(value: Any) -> str:
    """Return why the database cannot keep a value that JSON may hold; empty, if it can."""
    if isinstance(value, float) and not isfinite(value):
        return "A number in this table is not finite. Write one that is."
    if isinstance(value, str) and ("\0" in value or not _is_text(value)):
        return "A text in this table has a character nobody can read. Take it out."
    return ""


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
