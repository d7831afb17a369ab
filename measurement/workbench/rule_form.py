"""How a field shall be made, typed in words: a control for each thing a rule may say."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

from governance.models import SourceSystem
from measurement import rules
from measurement.entities import ENTITIES
from measurement.mapping.described import CONDITIONS
from measurement.workbench import spelling
from measurement.workbench.asking import Wanted

# What a rule is made of, in the words of the page.
MADE = {
    "column": "a column",
    "first": "the first of these columns that is filled",
    "joined": "these columns, joined",
    "constant": "always the same",
    "multiply": "two columns, multiplied",
    "ordinal_within": "the row's place within a column",
    "repeats_within": "whether the row repeats within a column",
    "written": "written out, as in a mapping file",
    "nothing": "nothing: it is not filled any more",
}
_COLUMNS = ("one", "two", "three")
_PLAIN = ("made", "one", "constant")
# The control of each thing a rule may say beside what it is made of.
_AROUND = {
    "before": "prefix",
    "cut": "strip_suffix",
    "separator": "separator",
    "part": "part",
    "values": "values",
    "default": "default",
    "zone": "zone",
    "decimals": "decimals",
    "system": "system",
}
_FORMS: dict[str, tuple[str, int]] = {
    "column": ("column", 1),
    "first": ("columns", 2),
    "joined": ("columns", 2),
    "multiply": ("multiply", 2),
    "ordinal_within": ("ordinal_within", 1),
    "repeats_within": ("repeats_within", 1),
}


class Values(forms.CharField):
    """Texts and what becomes of them, one pair per line."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.Textarea({"rows": 3}), **options)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            return "\n".join(f"{old} = {new}" for old, new in value.items())
        return value

    def clean(self, value: Any) -> dict[str, str]:
        found: dict[str, str] = {}
        for line in str(super().clean(value) or "").splitlines():
            old, sign, new = line.partition("=")
            if not line.strip():
                continue
            if not sign:
                raise ValidationError(f"“{line[:60]}” says nothing. Write old = new.")
            found[old.strip()] = new.strip()
        return found


class RuleForm(forms.Form):
    """One field as it shall be made of the columns of a stream."""

    base = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    made = forms.ChoiceField(label="Made of")
    one = forms.ChoiceField(required=False, label="Column")
    two = forms.ChoiceField(required=False, label="and then")
    three = forms.ChoiceField(required=False, label="and then")
    join = forms.CharField(
        required=False, strip=False, max_length=20, label="Joined by",
        help_text="A space, a comma; empty: nothing.",
    )  # fmt: skip
    constant = forms.CharField(
        required=False, max_length=200, label="The same each time"
    )
    zone = forms.CharField(
        required=False, label="Time zone",
        help_text="Of moments that say no offset. Empty: the system's own.",
    )  # fmt: skip
    decimals = forms.IntegerField(
        required=False, min_value=0, max_value=6, label="Rounded to decimals"
    )
    system = forms.ChoiceField(
        required=False, label="Looked up among the ids of",
        help_text="Empty: of its own system.",
    )  # fmt: skip
    before = forms.CharField(
        required=False, strip=False, max_length=80, label="Text put before it"
    )
    cut = forms.CharField(
        required=False, strip=False, max_length=80, label="Text cut off at its end"
    )
    separator = forms.CharField(
        required=False, strip=False, max_length=20, label="Split at"
    )
    part = forms.IntegerField(
        required=False, min_value=1, max_value=99, label="and take part"
    )
    values = Values(
        required=False, label="Values that become others",
        help_text="One per line: old = new. What is not named passes as it is.",
    )  # fmt: skip
    default = forms.CharField(
        required=False, max_length=200, label="Where nothing else fits"
    )
    written = forms.CharField(
        required=False, label="Written out",
        widget=forms.Textarea({"rows": 2, "class": "mono", "spellcheck": "false"}),
    )  # fmt: skip

    def __init__(
        self,
        data: Any = None,
        *,
        key: str,
        label: str,
        grain: str,
        columns: Sequence[str],
        rule: Any,
        base: int,
    ) -> None:
        self.entity, self.name = key.split(".", 1)
        self.key, self.label = key, label
        self.is_looked_up = _is_looked_up(_found(self.entity, self.name), rule)
        fits = _fitting(self.entity, self.name, grain)
        controls = _controls(self.entity, self.name)
        said = _said(rule, columns, fits, controls)
        super().__init__(data, prefix=key, initial={"base": base, **said})
        for name in _COLUMNS:
            self.fields[name].choices = _choices(columns)  # type: ignore[attr-defined]
        self.fields["made"].choices = [  # type: ignore[attr-defined]
            (made, MADE[made]) for made in MADE if made in fits
        ]
        for name in set(self.fields) - controls:
            del self.fields[name]
        if "system" in self.fields:
            systems = SourceSystem.objects.values_list("key", "name")
            self.fields["system"].choices = [("", "its own system"), *systems]  # type: ignore[attr-defined]

    @property
    def plain(self) -> list[forms.BoundField]:
        """Return the controls everybody needs."""
        return [self[name] for name in self.fields if name in _PLAIN]

    @property
    def more(self) -> list[forms.BoundField]:
        """Return the controls for the rest."""
        return [self[name] for name in self.fields if name not in {"base", *_PLAIN}]

    @property
    def says_more(self) -> bool:
        """Return whether one of those is in use."""
        return any(
            field.value() not in (None, "", {}) or field.errors for field in self.more
        )

    def clean_zone(self) -> str:
        zone = str(self.cleaned_data["zone"]).strip()
        if zone and zone not in available_timezones():
            raise ValidationError(
                f"There is no time zone {zone}. Write one such as Europe/Berlin."
            )
        return zone

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return typed
        try:
            typed["rule"] = _rule(typed, is_looked_up=self.is_looked_up)
            if typed["rule"] is not None:
                rules.read(typed["rule"], place=self.key)
        except (spelling.Unreadable, rules.RuleError) as error:
            self.add_error(
                "written" if typed["made"] == "written" else "made", str(error)
            )
        except _TooFew as error:
            self.add_error("one", str(error))
        return typed

    def wanted(self) -> Wanted:
        """Return what was typed."""
        typed = self.cleaned_data
        return Wanted(self.entity, self.name, typed["rule"], typed["base"])


class _TooFew(Exception):
    """The rule needs a column more."""


def _choices(columns: Iterable[str]) -> list[tuple[str, str]]:
    return [("", "none"), *((name, name) for name in columns)]


def _found(entity: str, name: str) -> "models.Field[object, object] | None":
    return None if name in CONDITIONS else ENTITIES[entity].field(name)


def _fitting(entity: str, name: str, grain: str) -> set[str]:
    """Return of what the field may be made."""
    found = _found(entity, name)
    if found is None:
        return {"column", "nothing"}
    fits = {"column", "first", "joined", "constant", "written", "nothing"}
    if isinstance(found, models.DecimalField):
        fits.add("multiply")
    is_text = isinstance(found, models.TextField)
    if is_text and entity == grain and name in ENTITIES[entity].key:
        fits.add("ordinal_within")
    if isinstance(found, models.BooleanField) and entity == grain:
        fits.add("repeats_within")
    return fits


def _controls(entity: str, name: str) -> set[str]:
    """Return the controls that mean something for the field."""
    found = _found(entity, name)
    if found is None:
        return {"base", "made", "one"}
    shown = {"base", "made", *_COLUMNS, "join", "constant", "written"}
    match found:
        case models.ForeignKey():
            return shown | {"system", "before", "cut", "separator", "part"}
        case models.DateTimeField():
            return shown | {"zone"}
        case models.DecimalField():
            return shown | {"decimals", "default"}
        case models.DateField() | models.IntegerField():
            return shown
    return shown | {
        "before", "cut", "separator", "part", "values", "default",
    }  # fmt: skip


def _is_looked_up(found: "models.Field[object, object] | None", rule: Any) -> bool:
    """Return whether the rule says, as rules of references do, what the field says anyway."""
    if rule is None:
        return isinstance(found, models.ForeignKey)
    return isinstance(rule, Mapping) and rule.get("lookup") is True


def _rule(typed: Mapping[str, Any], *, is_looked_up: bool) -> Any:
    """Return the rule the controls say, as a registry holds it; none for no rule."""
    made = typed["made"]
    if made == "nothing":
        return None
    if made == "written":
        return spelling.read(typed["written"])
    rule = {"constant": typed["constant"]} if made == "constant" else _of_columns(typed)
    allowed = rules.goes_with(next(iter(rule)))
    rule |= {
        said: typed[control]
        for control, said in _AROUND.items()
        if said in allowed and typed.get(control) not in (None, "", {})
    }
    if "separator" not in rule:
        rule.pop("part", None)
    if is_looked_up:
        rule["lookup"] = True
    return rule["column"] if list(rule) == ["column"] else rule


def _of_columns(typed: Mapping[str, Any]) -> dict[str, Any]:
    made = typed["made"]
    form, least = _FORMS[made]
    named = [typed[name] for name in _COLUMNS if typed.get(name)]
    if len(named) < least:
        raise _TooFew(f"Choose {'two columns' if least == 2 else 'a column'}.")
    if form == "multiply":
        return {form: named[:2]}
    rule: dict[str, Any] = {form: named if form == "columns" else named[0]}
    if made == "joined":
        rule["join"] = typed["join"]
    return rule


def _said(
    rule: Any, columns: Sequence[str], fits: set[str], controls: set[str]
) -> dict[str, Any]:
    """Return what the controls show of a rule; of one they cannot say, its text."""
    if rule is None:
        return {"made": "column"}
    written = {"column": rule} if isinstance(rule, str) else dict(rule)
    made = _made(written)
    said: dict[str, Any] = {
        control: written[name] for control, name in _AROUND.items() if name in written
    }
    said["made"] = made
    said |= {name: written[name] for name in ("constant", "join") if name in written}
    named = written.get(_FORMS.get(made, ("", 0))[0], [])
    named = named if isinstance(named, list) else [named]
    said |= dict(zip(_COLUMNS, named, strict=False))
    is_shown = made in fits and set(said) <= controls
    is_shown = is_shown and all(name in columns for name in named)
    if is_shown and _says_it_again(said, rule):
        return said
    return {"made": "written", "written": spelling.written(rule)}


def _made(written: Mapping[str, Any]) -> str:
    if "columns" in written:
        return "joined" if "join" in written else "first"
    return next((made for made in MADE if made in written), "written")


def _says_it_again(said: Mapping[str, Any], rule: Any) -> bool:
    """Return whether the controls, shown and sent as they are, would make the same rule."""
    typed: dict[str, Any] = {"join": "", "constant": ""}
    try:
        for name, value in said.items():
            field = RuleForm.base_fields[name]
            is_chosen = isinstance(field, forms.ChoiceField)
            shown = field.prepare_value(value)
            typed[name] = value if is_chosen else field.clean(shown)
        return bool(_rule(typed, is_looked_up=_is_looked_up(None, rule)) == rule)
    except (ValidationError, spelling.Unreadable, _TooFew, TypeError):
        return False
