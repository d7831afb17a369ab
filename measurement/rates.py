"""Exchange rates of the European Central Bank, from its history file, as rows per day.

The file gives units per euro on business days. A rate between two other currencies is
their quotient; a day without publication carries the last one before it.
"""

import csv
import importlib.util
import io
import os
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.db import connection

from measurement.models import ExchangeRate

PUBLISHER = "European Central Bank"
_PLACES = Decimal("0.000000001")
_MEMBER = "eurofxref-hist.csv"

type PerEuro = dict[str, Decimal]


class NoRates(Exception):
    """The file of rates cannot be used; the message says why."""


@dataclass(frozen=True)
class Rate:
    """One unit of ``base`` in units of ``quote`` on a day."""

    on: date
    base: str
    quote: str
    rate: Decimal
    published_on: date


@dataclass(frozen=True)
class Loaded:
    """How many rates the file has for our currencies, and how many were new."""

    read: int
    written: int


def load(*, path: Path | None = None) -> Loaded:
    """Add the rates between the currencies we use that are not there yet.

    Rates once published are never changed.

    Raises:
        NoRates: the file is missing, or has not one of the currencies.
    """
    newest = ExchangeRate.objects.order_by("-on").values_list("on", flat=True).first()
    currencies = sorted({*settings.CURRENCIES, settings.REPORTING_CURRENCY})
    held = set(ExchangeRate.objects.values_list("base", flat=True).distinct())
    published = read(path or shipped_file())
    if newest and held >= set(currencies) and newest >= max(published):
        return Loaded(0, 0)
    rates = list(between(currencies, daily(published)))
    before = ExchangeRate.objects.count()
    _copy(rates)
    return Loaded(len(rates), ExchangeRate.objects.count() - before)


def shipped_file() -> Path:
    """Return the bank's file: ``EXCHANGE_RATES_FILE``, or the one a package carries."""
    given = os.environ.get("EXCHANGE_RATES_FILE", "")
    if given:
        return Path(given)
    package = importlib.util.find_spec("currency_converter")
    if package is None or not package.submodule_search_locations:
        raise NoRates(
            "There is no file of exchange rates. Set EXCHANGE_RATES_FILE to the European "
            "Central Bank's eurofxref-hist.zip."
        )
    return Path(package.submodule_search_locations[0]) / "eurofxref-hist.zip"


def read(path: Path) -> dict[date, PerEuro]:
    """Return what the bank published, units per euro by day.

    Raises:
        NoRates: the file is missing or not the bank's.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            text = archive.read(_MEMBER).decode()
    except (OSError, zipfile.BadZipFile, KeyError) as error:
        raise NoRates(
            f"{path} is not the European Central Bank's eurofxref-hist.zip: {error}."
        ) from error
    published = {}
    for row in csv.DictReader(io.StringIO(text)):
        per_euro = {
            currency: Decimal(rate)
            for currency, rate in row.items()
            if currency and currency != "Date" and rate not in {"", "N/A", None}
        }
        published[date.fromisoformat(row["Date"])] = {**per_euro, "EUR": Decimal(1)}
    return published


def daily(published: dict[date, PerEuro]) -> Iterator[tuple[date, date, PerEuro]]:
    """Yield every day from the first to the last, the day its rates are of, the rates.

    >>> friday, monday = date(2026, 1, 2), date(2026, 1, 5)
    >>> days = daily({friday: {"USD": Decimal(1)}, monday: {"USD": Decimal(2)}})
    >>> [(day.day, of.day) for day, of, _ in days]
    [(2, 2), (3, 2), (4, 2), (5, 5)]
    """
    days = sorted(published)
    for this, following in zip(days, [*days[1:], days[-1] + timedelta(1)], strict=True):
        for ahead in range((following - this).days):
            yield this + timedelta(ahead), this, published[this]


def between(
    currencies: list[str], days: Iterable[tuple[date, date, PerEuro]]
) -> Iterator[Rate]:
    """Yield the rate of every pair of the currencies on every day that has both."""
    for on, published_on, per_euro in days:
        for base in currencies:
            for quote in currencies:
                if base != quote and base in per_euro and quote in per_euro:
                    rate = (per_euro[quote] / per_euro[base]).quantize(_PLACES)
                    yield Rate(on, base, quote, rate, published_on)


def _copy(rates: list[Rate]) -> None:
    """Add the rates that are not there, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "create temp table new_rate (day date, base text, quote text, rate numeric,"
            " published_on date) on commit drop"
        )
        with cursor.copy("copy new_rate from stdin") as copy:
            for rate in rates:
                copy.write_row(
                    (rate.on, rate.base, rate.quote, rate.rate, rate.published_on)
                )
        cursor.execute(
            "insert into measurement_exchangerate"
            ' ("on", base, quote, rate, published_on, publisher)'
            " select day, base, quote, rate, published_on, %s from new_rate"
            ' on conflict (base, quote, "on") do nothing',
            [PUBLISHER],
        )
        cursor.execute("drop table new_rate")
