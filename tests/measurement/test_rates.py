"""Exchange rates: what the bank published becomes a rate for every pair and day."""

import time
import zipfile
from datetime import date
from decimal import Decimal

import pytest

from measurement import rates
from measurement.models import ExchangeRate
from measurement.rates import Loaded, NoRates

# A Friday, then a Tuesday: the Monday between them is a holiday.
FRIDAY, TUESDAY = "2026-04-03", "2026-04-07"
TWO_DAYS = f"""Date,USD,GBP,
{TUESDAY},1.20,0.80,
{FRIDAY},1.00,0.50,
"""


@pytest.fixture
def bank(tmp_path):
    """Return what writes the bank's file with that text."""

    def write(text, *, member="eurofxref-hist.csv", name="rates.zip"):
        path = tmp_path / name
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(member, text)
        return path

    return write


@pytest.fixture
def loading(bank, settings, db):
    """Return what loads such a file for the currencies of a shop in London."""
    settings.CURRENCIES = ["EUR", "GBP"]
    settings.REPORTING_CURRENCY = "USD"
    return lambda text: rates.load(path=bank(text))


def held(base, quote):
    """Return day, rate and day of publication of the rates of a pair."""
    return [
        (f"{each.on}", each.rate, f"{each.published_on}")
        for each in ExchangeRate.objects.filter(base=base, quote=quote).order_by("on")
    ]


@pytest.mark.parametrize(
    ("base", "quote", "rate"),
    [
        ("EUR", "USD", "1.200000000"),
        ("USD", "EUR", "0.833333333"),
        ("GBP", "USD", "1.500000000"),
        ("USD", "GBP", "0.666666667"),
    ],
)
def test_a_rate_between_two_currencies_is_the_quotient_of_their_rates_per_euro(
    loading, base, quote, rate
):
    loading(f"Date,USD,GBP,\n{TUESDAY},1.20,0.80,\n")

    assert held(base, quote) == [(TUESDAY, Decimal(rate), TUESDAY)]


def test_a_weekend_and_a_holiday_carry_the_last_rate_before_them(loading):
    loading(TWO_DAYS)

    assert held("EUR", "USD") == [
        (FRIDAY, Decimal(1), FRIDAY),
        ("2026-04-04", Decimal(1), FRIDAY),
        ("2026-04-05", Decimal(1), FRIDAY),
        ("2026-04-06", Decimal(1), FRIDAY),
        (TUESDAY, Decimal("1.2"), TUESDAY),
    ]


def test_a_day_on_which_a_currency_is_missing_has_no_rate_of_it_and_keeps_the_others(
    loading,
):
    loading("Date,USD,GBP,\n2026-04-08,1.30,N/A,\n2026-04-07,1.20,0.80,\n")

    assert [on for on, _, _ in held("GBP", "USD")] == ["2026-04-07"]
    assert [on for on, _, _ in held("EUR", "USD")] == ["2026-04-07", "2026-04-08"]


def test_every_pair_is_counted_on_every_day(loading):
    pairs, days = 6, 5

    assert loading(TWO_DAYS) == Loaded(read=pairs * days, written=pairs * days)


def test_only_the_currencies_in_use_are_kept(loading):
    loading("Date,USD,JPY,GBP,\n2026-04-07,1.20,160,0.80,\n")

    assert set(ExchangeRate.objects.values_list("base", flat=True)) == {
        "EUR",
        "GBP",
        "USD",
    }


def test_the_publisher_is_named(loading):
    loading(TWO_DAYS)

    assert set(ExchangeRate.objects.values_list("publisher", flat=True)) == {
        "European Central Bank"
    }


def test_a_second_load_writes_nothing(loading):
    loading(TWO_DAYS)

    assert loading(TWO_DAYS) == Loaded(read=0, written=0)


def test_a_later_file_adds_its_days_and_changes_none_that_was_published(loading):
    loading(f"Date,USD,GBP,\n{FRIDAY},1.00,0.50,\n")

    loaded = loading(TWO_DAYS.replace("1.00,0.50", "9.99,9.99"))

    assert loaded.written == 24
    assert held("EUR", "USD")[0] == (FRIDAY, Decimal(1), FRIDAY)
    assert held("EUR", "USD")[-1] == (TUESDAY, Decimal("1.2"), TUESDAY)


def test_a_currency_that_joins_later_gets_all_its_days(loading, settings):
    settings.CURRENCIES = ["EUR"]
    loading(TWO_DAYS)

    settings.CURRENCIES = ["EUR", "GBP"]
    loading(TWO_DAYS)

    assert len(held("GBP", "USD")) == len(held("EUR", "USD")) == 5


def test_a_shop_of_one_currency_needs_no_rates(loading, settings):
    settings.CURRENCIES = ["USD"]

    assert loading(TWO_DAYS) == Loaded(read=0, written=0)


def test_a_currency_the_bank_does_not_publish_is_named(loading, settings):
    settings.CURRENCIES = ["EUR", "GBP", "XAU", "BTC"]

    with pytest.raises(NoRates) as refused:
        loading(TWO_DAYS)

    assert str(refused.value) == (
        "The file of exchange rates has none of BTC, XAU. Take it out of CURRENCIES, or "
        "name a file that has it in EXCHANGE_RATES_FILE."
    )


def test_a_refused_file_leaves_no_rate_behind(loading, settings):
    settings.CURRENCIES = ["EUR", "GBP", "XAU"]

    with pytest.raises(NoRates):
        loading(TWO_DAYS)

    assert not ExchangeRate.objects.exists()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Day,USD\n2026-04-07,1.20\n",
        "Date,USD,\n07/04/2026,1.20,\n",
        "Date,USD,\n2026-04-07,about one,\n",
    ],
)
def test_a_file_with_other_content_is_refused_by_its_name(bank, text):
    path = bank(text)

    with pytest.raises(NoRates) as refused:
        rates.read(path)

    start = f"{path} is not the European Central Bank's eurofxref-hist.zip: "
    assert str(refused.value)[: len(start)] == start


def test_an_archive_of_something_else_is_refused(bank):
    path = bank(TWO_DAYS, member="orders.csv")

    with pytest.raises(NoRates, match=r"is not the European Central Bank's"):
        rates.read(path)


def test_a_file_that_is_no_archive_is_refused(tmp_path):
    path = tmp_path / "rates.csv"
    path.write_text(TWO_DAYS)

    with pytest.raises(NoRates, match=r"eurofxref-hist.zip: File is not a zip file"):
        rates.read(path)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(NoRates, match="No such file"):
        rates.read(tmp_path / "rates.zip")


def test_reading_since_a_weekend_begins_with_the_friday_that_counts_for_it(bank):
    read = rates.read(bank(TWO_DAYS), since=date(2026, 4, 5))

    assert [f"{day}" for day in sorted(read)] == [FRIDAY, TUESDAY]


def test_reading_since_the_last_day_leaves_the_days_before_it_out(bank):
    read = rates.read(bank(TWO_DAYS), since=date(2026, 4, 7))

    assert read == {
        date(2026, 4, 7): {
            "USD": Decimal("1.20"),
            "GBP": Decimal("0.80"),
            "EUR": Decimal(1),
        }
    }


def test_a_file_named_in_the_environment_goes_before_the_shipped_one(bank, monkeypatch):
    path = bank(TWO_DAYS)
    monkeypatch.setenv("EXCHANGE_RATES_FILE", str(path))

    assert rates.shipped_file() == path


@pytest.fixture(scope="module")
def shipped():
    """What the file that comes with us says since the last day of 2016."""
    return rates.read(rates.shipped_file(), since=date(2016, 12, 31))


@pytest.mark.parametrize(
    ("on", "currency", "per_euro"),
    [
        (date(2016, 12, 30), "USD", "1.0541"),
        (date(2017, 1, 2), "USD", "1.0465"),
        (date(2017, 1, 2), "GBP", "0.8514"),
        (date(2017, 1, 2), "JPY", "122.92"),
        (date(2017, 4, 13), "GBP", "0.84763"),
        (date(2017, 4, 18), "USD", "1.0682"),
    ],
)
def test_the_shipped_file_says_what_the_bank_published(shipped, on, currency, per_euro):
    assert shipped[on][currency] == Decimal(per_euro)


def test_the_shipped_file_has_no_rate_of_good_friday_and_easter_monday(shipped):
    assert {date(2017, 4, 14), date(2017, 4, 17)} & set(shipped) == set()


def test_the_shipped_file_has_every_currency_we_use_by_default(shipped, settings):
    wanted = {*settings.CURRENCIES, settings.REPORTING_CURRENCY}

    assert {frozenset(wanted - set(day)) for day in shipped.values()} == {frozenset()}


@pytest.mark.django_db
def test_asking_the_shipped_file_again_takes_far_less_than_loading_it():
    began = time.monotonic()
    first = rates.load()
    loaded = time.monotonic()
    again = rates.load()
    asked = time.monotonic()

    assert (first.written == first.read > 0, again) == (True, Loaded(0, 0))
    assert asked - loaded < (loaded - began) / 2
