"""Files of rates that are not quite the bank's, and currencies it never heard of."""

import io
import sys
import zipfile
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from measurement import rates
from measurement.models import ExchangeRate
from measurement.rates import Loaded, NoRates

DAYS = "Date,USD,GBP,OLD,NEW,\n2026-04-08,1.3,0.9,N/A,5,\n2026-04-07,1.2,0.8,4,N/A,\n"


@pytest.fixture
def bank(tmp_path):
    """Return what writes the bank's file with that text."""

    def write(text: str):
        path = tmp_path / "rates.zip"
        path.write_bytes(zipped(text))
        return path

    return write


def zipped(text: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("eurofxref-hist.csv"), text)
    return packed.getvalue()


def refusal(act) -> str:
    with pytest.raises(NoRates) as refused:
        act()
    return str(refused.value)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("currencies", "reporting", "unknown"),
    [
        (["XAU"], "USD", "XAU"),
        (["USD"], "XAU", "XAU"),
        (["EUR"], "XAU", "XAU"),
        (["EUR", "XAU", "BTC"], "EUR", "BTC, XAU"),
        (["XAU"], "BTC", "BTC, XAU"),
    ],
)
def test_only_currencies_the_bank_does_not_publish_are_named(
    bank, settings, currencies, reporting, unknown
):
    settings.CURRENCIES, settings.REPORTING_CURRENCY = currencies, reporting

    assert refusal(lambda: rates.load(path=bank(DAYS))) == (
        f"The file of exchange rates has none of {unknown}. Take it out of CURRENCIES, or "
        f"name a file that has it in EXCHANGE_RATES_FILE."
    )


@pytest.mark.django_db
def test_currencies_that_were_never_published_on_one_day_have_no_rate_between_them(
    bank, settings
):
    settings.CURRENCIES, settings.REPORTING_CURRENCY = ["OLD", "NEW"], "EUR"

    rates.load(path=bank(DAYS))

    assert sorted(ExchangeRate.objects.values_list("base", "quote", "on__day")) == [
        ("EUR", "NEW", 8),
        ("EUR", "OLD", 7),
        ("NEW", "EUR", 8),
        ("OLD", "EUR", 7),
    ]


@pytest.mark.django_db
def test_a_currency_of_which_rates_are_held_may_leave_the_file(bank, settings):
    settings.CURRENCIES, settings.REPORTING_CURRENCY = ["GBP"], "USD"
    rates.load(path=bank(DAYS))

    loaded = rates.load(path=bank("Date,USD,\n2026-04-09,1.4,\n"))

    assert loaded == Loaded(read=0, written=0)


@pytest.mark.django_db
def test_a_currency_named_twice_is_one(bank, settings):
    settings.CURRENCIES, settings.REPORTING_CURRENCY = ["USD", "EUR", "USD"], "USD"

    assert rates.load(path=bank(DAYS)) == Loaded(read=4, written=4)


@pytest.mark.parametrize("rate", ["0", "-1.2", "NaN", "Infinity", "1,2", "1.2.3", "-0"])
def test_a_rate_that_can_be_none_is_refused(bank, rate):
    path = bank(f'Date,USD,GBP,\n2026-04-07,"{rate}",0.8,\n')

    start = f"{path} is not the European Central Bank's eurofxref-hist.zip: "
    assert refusal(lambda: rates.read(path))[: len(start)] == start


@pytest.mark.parametrize("text", ["Date,USD,\n", "Date,USD,\n\n\n"])
def test_a_file_without_a_day_is_refused(bank, text):
    path = bank(text)

    assert refusal(lambda: rates.read(path)) == (
        f"{path} is not the European Central Bank's eurofxref-hist.zip: it has no day."
    )


@pytest.mark.parametrize("absent", ["", "N/A", " "])
def test_a_currency_without_a_rate_on_a_day_is_left_out_of_it(bank, absent):
    read = rates.read(bank(f"Date,USD,GBP,\n2026-04-07,1.2,{absent},\n"))

    assert read == {date(2026, 4, 7): {"USD": Decimal("1.2"), "EUR": Decimal(1)}}


def test_blanks_around_names_and_rates_are_no_part_of_them(bank):
    read = rates.read(bank("Date, USD, GBP\n2026-04-07, 1.2, 0.8\n"))

    assert set(read[date(2026, 4, 7)].items()) == {
        ("USD", Decimal("1.2")),
        ("GBP", Decimal("0.8")),
        ("EUR", Decimal(1)),
    }


def test_days_are_read_in_whatever_order_and_with_whatever_line_ends(bank):
    read = rates.read(bank("Date,USD,\r\n2026-04-07,2,\r\n2026-04-08,3,\r\n"))

    assert {day.day: given["USD"] for day, given in read.items()} == {7: 2, 8: 3}


def test_a_leap_day_is_a_day():
    friday, monday = date(2028, 2, 28), date(2028, 3, 1)
    one = {"USD": Decimal(1)}

    days = list(rates.daily({monday: one, friday: one}))

    assert [(f"{day:%m-%d}", f"{of:%m-%d}") for day, of, _ in days] == [
        ("02-28", "02-28"),
        ("02-29", "02-28"),
        ("03-01", "03-01"),
    ]


CURRENCIES = ["EUR", "GBP", "JPY", "USD"]
PER_EURO = st.dictionaries(
    st.sampled_from(CURRENCIES),
    st.decimals("0.0005", "2000000", allow_nan=False, places=4),
)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.dates(date(2026, 1, 1), date(2026, 2, 1)), PER_EURO))
def test_every_day_has_each_pair_once_in_both_directions(published):
    days = list(rates.daily(published))
    found = list(rates.between(CURRENCIES, days))

    span = (max(published) - min(published)).days + 1 if published else 0
    pairs = {(rate.on, rate.base, rate.quote): rate for rate in found}
    assert (len(days), len(pairs)) == (span, len(found))
    assert {(on, quote, base) for on, base, quote in pairs} == set(pairs)
    for rate in found:
        given_then = published[rate.published_on]
        exact = given_then[rate.quote] / given_then[rate.base]
        assert abs(rate.rate - exact) <= Decimal("0.0000000005")
        assert rate.published_on == max(day for day in published if day <= rate.on)


SOUND = zipped(DAYS)


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(st.tuples(st.integers(0, len(SOUND) - 1), st.integers(0, 255)), min_size=1)
)
# The bit that says a password is needed, and a way of packing nobody knows.
@example([(6, 1), (SOUND.index(b"PK\x01\x02") + 8, 1)])
@example([(8, 9), (SOUND.index(b"PK\x01\x02") + 10, 9)])
def test_a_file_with_wrong_bytes_is_read_or_refused_by_its_name(tmp_path, wrong):
    damaged = bytearray(SOUND)
    for place, byte in wrong:
        damaged[place] = byte
    path = tmp_path / "rates.zip"
    path.write_bytes(damaged)

    try:
        said = str(len(rates.read(path)))
    except NoRates as refused:
        said = str(refused)

    assert said == "2" or said.startswith(f"{path} is not the European Central Bank's")


def test_without_the_file_that_is_shipped_one_has_to_be_named(monkeypatch):
    monkeypatch.delenv("EXCHANGE_RATES_FILE", raising=False)
    monkeypatch.setitem(sys.modules, "currency_converter", None)

    assert refusal(rates.shipped_file) == (
        "There is no file of exchange rates. Set EXCHANGE_RATES_FILE to the European "
        "Central Bank's eurofxref-hist.zip."
    )


def test_a_file_named_with_nothing_but_blanks_is_not_named(monkeypatch):
    monkeypatch.setenv("EXCHANGE_RATES_FILE", "  ")

    assert rates.shipped_file().name == "eurofxref-hist.zip"
