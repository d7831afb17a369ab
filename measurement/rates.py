"""Exchange rates of the European Central Bank, from its history file, as rows per day.

The file gives units per euro on business days. A rate between two other currencies is
their quotient; a day without publication carries the last one before it.
"""

import csv
import importlib.util
import itertools
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max

from measurement import env
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
    """How many rates the file has that are newer than ours, and how many were added."""

    read: int
    written: int


@transaction.atomic
def load(*, path: Path | None = None) -> Loaded:
    """Add the rates between the currencies we use that are not there yet.

    Rates once published are never changed.

    Raises:
        NoRates: the file is missing, is not the bank's, or lacks one of the currencies.
    """
    currencies = sorted({*settings.CURRENCIES, settings.REPORTING_CURRENCY})
    newest = _newest(currencies)
    # Every night asks, and most nights nothing is new: the days we have are not read.
    published = read(
        path or shipped_file(), since=min(newest.values(), default=date.max)
    )
    rates = [
        rate
        for rate in between(currencies, daily(published))
        if rate.on > newest[rate.base, rate.quote]
    ]
    _refuse_unknown(currencies, newest, published)
    before = ExchangeRate.objects.count()
    if rates:
        _copy(rates)
    return Loaded(len(rates), ExchangeRate.objects.count() - before)


def _newest(currencies: list[str]) -> dict[tuple[str, str], date]:
    """Return up to which day we have the rates of each pair."""
    held = ExchangeRate.objects.values_list("base", "quote").annotate(Max("on"))
    newest = {(base, quote): on for base, quote, on in held}
    return {
        pair: newest.get(pair, date.min)
        for pair in itertools.permutations(currencies, 2)
    }


def _refuse_unknown(
    currencies: list[str],
    newest: dict[tuple[str, str], date],
    published: dict[date, PerEuro],
) -> None:
    known = {base for (base, _quote), on in newest.items() if on > date.min}
    known.update(*published.values())
    unknown = [currency for currency in currencies if currency not in known]
    if unknown and len(currencies) > 1:
        raise NoRates(
            f"The file of exchange rates has none of {', '.join(unknown)}. Take it out of "
            f"CURRENCIES, or name a file that has it in EXCHANGE_RATES_FILE."
        )


def shipped_file() -> Path:
    """Return the bank's file: ``EXCHANGE_RATES_FILE``, or the one a package carries."""
    given = env.text("EXCHANGE_RATES_FILE", "")
    if given:
        return Path(given).expanduser()
    package = importlib.util.find_spec("currency_converter")
    if package is None or not package.submodule_search_locations:
        raise NoRates(
            "There is no file of exchange rates. Set EXCHANGE_RATES_FILE to the European "
            "Central Bank's eurofxref-hist.zip."
        )
    return Path(package.submodule_search_locations[0]) / "eurofxref-hist.zip"


def read(path: Path, *, since: date = date.min) -> dict[date, PerEuro]:
    """Return what the bank published, units per euro by day.

    With ``since``, from the last day on that was published by then.

    Raises:
        NoRates: the file is missing or not the bank's.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            header, *lines = archive.read(_MEMBER).decode().splitlines()
        rows = {date.fromisoformat(line[:10]): line for line in lines if line.strip()}
        if not rows:
            raise ValueError("it has no day")
        first = max((day for day in rows if day <= since), default=date.min)
        wanted = [line for day, line in rows.items() if day >= first]
        return {
            date.fromisoformat(row["Date"]): _per_euro(row)
            for row in csv.DictReader([header, *wanted], skipinitialspace=True)
        }
    except (
        OSError, zipfile.BadZipFile, KeyError, ValueError, ArithmeticError, zlib.error,
        # Of a password, of a kind of packing it does not know, of a length that is none.
        RuntimeError, NotImplementedError, EOFError, struct.error, lzma.LZMAError,
        csv.Error,
    ) as error:  # fmt: skip
        raise NoRates(
            f"{path} is not the European Central Bank's eurofxref-hist.zip: {error}."
        ) from error


def _per_euro(row: dict[str, str]) -> PerEuro:
    given = {
        currency: Decimal(rate)
        for currency, rate in row.items()
        if currency and currency != "Date" and (rate or "").strip() not in {"", "N/A"}
    }
    if any(not rate.is_finite() or rate <= 0 for rate in given.values()):
        raise ValueError(f"the rates of {row['Date']} are not all above zero")
    return {**given, "EUR": Decimal(1)}


def daily(published: dict[date, PerEuro]) -> Iterator[tuple[date, date, PerEuro]]:
    """Yield every day from the first to the last, the day its rates are of, the rates.

    >>> friday, monday = date(2026, 1, 2), date(2026, 1, 5)
    >>> days = daily({friday: {"USD": Decimal(1)}, monday: {"USD": Decimal(2)}})
    >>> [(day.day, of.day) for day, of, _ in days]
    [(2, 2), (3, 2), (4, 2), (5, 5)]
    """
    days = sorted(published)
    for this, following in itertools.zip_longest(days, days[1:]):
        for ahead in range((following - this).days if following else 1):
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
