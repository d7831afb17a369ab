"""What a data owner types into a registry, refused while they can still mend it."""

import re
from dataclasses import fields
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError

from governance.taxonomy import BrokenPattern, Rule, Tags, pattern


class Placed(forms.ModelForm[Any]):
    """A row that has a time zone and a currency: the night counts days and money by them."""

    def clean_time_zone(self) -> str:
        zone: str = self.cleaned_data["time_zone"]
        try:
            ZoneInfo(zone)
        except (KeyError, ValueError, OSError) as error:
            raise ValidationError(
                f"There is no time zone {zone}. Write one of the tz database, such as "
                f"Europe/Berlin."
            ) from error
        return zone

    def clean_currency(self) -> str:
        currency: str = self.cleaned_data["currency"]
        if not re.fullmatch("[A-Z]{3}", currency):
            raise ValidationError(
                f"{currency} is no currency. Write its three capital letters, such as EUR."
            )
        return currency


class Patterns(forms.ModelForm[Any]):
    """A campaign rule: one broken pattern, and the night could name no channel at all."""

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        channel = getattr(typed.get("channel"), "key", "this channel")
        tags = [field.name for field in fields(Tags)]
        rule = Rule(channel, *(typed.get(tag, "") for tag in tags))
        for tag in tags:
            try:
                pattern(rule, tag)
            except BrokenPattern as error:
                self.add_error(tag, str(error))
        return typed
