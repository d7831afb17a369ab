"""Moments and figures as the pages write them."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString

from reporting.tables import figures

register = template.Library()


@register.filter
def moment(at: datetime | None) -> SafeString | str:
    """Return the moment in the reporting time zone, readable by machines too."""
    if at is None:
        return figures.NOTHING
    here = at.astimezone(ZoneInfo(settings.REPORTING_TIME_ZONE))
    return format_html(
        '<time datetime="{}">{}</time>',
        at.isoformat(timespec="seconds"),
        f"{here.day} {here:%b %Y, %H:%M}",
    )


@register.filter
def day(on: date | None) -> SafeString | str:
    """Return the day as it stands in a table."""
    if on is None:
        return figures.NOTHING
    return format_html(
        '<time datetime="{}">{}</time>', on.isoformat(), f"{on.day} {on:%b %Y}"
    )


@register.filter
def whole(value: int | None) -> str:
    """Return a count with thousands apart."""
    return figures.whole(value)


@register.filter
def cents(value: Decimal | None, currency: str) -> str:
    """Return an amount to the cent."""
    return figures.cents(value, currency)


@register.filter
def seconds(value: float | None) -> str:
    """Return how long something took.

    >>> seconds(0.042), seconds(12.3), seconds(75)
    ('0.04 s', '12.3 s', '1 min 15 s')
    """
    if value is None:
        return figures.NOTHING
    # By what would be shown: 59.96 seconds are a minute, not 60.0 seconds.
    if round(value, 2) < 1:
        return f"{value:.2f} s"
    if round(value, 1) < 60:
        return f"{value:.1f} s"
    minutes, rest = divmod(round(value), 60)
    return f"{minutes} min {rest} s"


@register.filter
def megabytes(value: float | None) -> str:
    """Return an amount of memory; none measured is a dash."""
    return f"{value:,.0f} MB" if value else figures.NOTHING


@register.simple_tag
def reporting_zone() -> str:
    """Return the zone in which days are cut, as a place."""
    return settings.REPORTING_TIME_ZONE.rpartition("/")[2].replace("_", " ")
