"""What somebody types to say what a definition shall be, and why."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone

from governance import grants, spelling
from governance.kinds import KINDS, Part, Said, label_of
from governance.models import Domain, State

_LONG = {"meaning", "decision", "generated_note"}
# What is typed as text and kept as what it says: how, and in how many rows.
_SPELLED = {
    "list": ("One per line.", 3),
    "table": ("As JSON.", 6),
    "rule": ('A column\'s name, or a table as JSON, such as {"constant": "GB"}.', 4),
}


class Moment(forms.DateTimeField):
    """A moment typed and shown in the reporting time zone."""

    def __init__(self, **options: Any) -> None:
        control = forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M")
        super().__init__(widget=control, **options)

    def clean(self, value: Any) -> datetime | None:
        with timezone.override(ZoneInfo(settings.REPORTING_TIME_ZONE)):
            found: datetime | None = super().clean(value)
        return found


class Words(forms.CharField):
    """A text. Blanks around it say nothing; a tab alone is what stands between columns."""

    def __init__(self, **options: Any) -> None:
        super().__init__(strip=False, **options)

    def to_python(self, value: Any) -> str:
        typed = _as_shown(super().to_python(value) or "")
        return typed.strip() or typed.strip(" \n")


class Spelled(forms.CharField):
    """A list, a table or a rule: typed as text, and kept as what it says."""

    def __init__(self, *, part: Part, rows: int, **options: Any) -> None:
        look = {} if part.type == "list" else {"class": "mono", "spellcheck": "false"}
        super().__init__(widget=forms.Textarea({"rows": rows, **look}), **options)
        self.part = part

    def clean(self, value: Any) -> Any:
        try:
            return spelling.read(self.part, _as_shown(super().clean(value)))
        except spelling.Unreadable as error:
            raise ValidationError(str(error)) from error


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
            first[_control(part)] = _typed(part, body.get(part.name, part.default))
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


def _as_shown(typed: str) -> str:
    # A browser ends every line with two characters, whatever was there before.
    return typed.replace("\r\n", "\n")


def _typed(part: Part, value: Any) -> Any:
    """Return a value as its control shows it."""
    if part.of:
        # What is ticked is a list of what there is, and no text.
        return value
    if part.type not in _SPELLED or value is None:
        return value
    return spelling.spelled(part, value, indent=2)


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
        case "list" if part.of:
            return _chosen(part, needed)
        case "list" | "table" | "rule":
            how, rows = _SPELLED[part.type]
            needed["help_text"] = f"{part.meaning} {how}"
            return Spelled(part=part, rows=rows, **needed)
    if part.choices:
        first = [("", "Choose one")] if part.is_needed else []
        return forms.ChoiceField(
            **needed, choices=[*first, *((each, each) for each in part.choices)]
        )
    control = forms.Textarea({"rows": 3}) if part.name in _LONG else forms.TextInput()
    return Words(**needed, widget=control)


def _chosen(part: Part, said: dict[str, Any]) -> forms.Field:
    """Return a control on which several of what there is are ticked."""
    named = {"role": grants.roles, "domain": grants.domains}[part.of]
    return forms.MultipleChoiceField(
        **said, choices=named, widget=forms.CheckboxSelectMultiple
    )
