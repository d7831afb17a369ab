"""Numbers, moments and contacts as they are written, at their edges."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from identity import contacts
from reporting.models import Reading
from reporting.tables import figures
from reporting.templatetags import shown
from tests import make

amounts = st.decimals("-1e12", "1e12", places=8)


def drawn(template: str, **context: object) -> str:
    return Template("{% load shown %}" + template).render(Context(context))


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        ("0", "$0.00"),
        ("0.004", "$0.00"),
        ("-0.004", "$0.00"),
        ("-0.005", "$0.00"),
        ("-0.006", "−$0.01"),
        ("999.994", "$999.99"),
        ("999.995", "$1,000"),
        ("999.996", "$1,000"),
        ("-999.996", "−$1,000"),
        ("1000.5", "$1,000"),
        ("1001.5", "$1,002"),
        ("9999999999999999.99999999", "$10,000,000,000,000,000"),
        ("-9999999999999999.99999999", "−$10,000,000,000,000,000"),
    ],
)
def test_an_amount_has_cents_below_a_thousand_and_a_sign_only_below_zero(
    amount, written
):
    assert figures.money(Decimal(amount), "USD") == written


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        ("-0.004", "€0.00"),
        ("-0.01", "−€0.01"),
        ("1234567.891", "€1,234,567.89"),
        ("99999999999999.999999", "€100,000,000,000,000.00"),
    ],
)
def test_a_receipt_is_to_the_cent_however_large(amount, written):
    assert figures.cents(Decimal(amount), "EUR") == written


@pytest.mark.parametrize(
    ("share", "places", "written"),
    [
        ("-0.0001", 1, "0.0%"),
        ("-0.004", 0, "0%"),
        ("-0.05", 1, "−5.0%"),
        ("1", 1, "100.0%"),
        ("0.9995", 1, "100.0%"),
        ("0.99949", 1, "99.9%"),
        ("0.125", 0, "12%"),
    ],
)
def test_a_share_never_is_less_than_nothing_by_rounding(share, places, written):
    assert figures.percent(Decimal(share), places) == written


@given(amount=amounts, currency=st.sampled_from(["USD", "EUR", "GBP", "SEK"]))
def test_every_amount_reads_back_as_itself_to_the_cent(amount, currency):
    written = figures.cents(amount, currency)

    bare = written.replace(",", "").replace("−", "-")
    for mark in ("$", "€", "£", "SEK "):
        bare = bare.replace(mark, "")
    assert abs(Decimal(bare) - amount) <= Decimal("0.005")
    assert ("−" in written) == (Decimal(bare) < 0)


@given(one=amounts, other=amounts)
def test_the_mirror_of_an_amount_differs_by_its_sign_alone(one, other):
    assert figures.money(-one, "USD").lstrip("−") == figures.money(one, "USD").lstrip(
        "−"
    )


@pytest.mark.parametrize(
    ("low", "high", "written"),
    [
        ("0", "0.1135", "0.0–11.4%"),
        ("0.5", None, ""),
        (None, "0.5", ""),
        ("1", "1", "100.0–100.0%"),
    ],
)
def test_an_interval_is_written_whole_or_not_at_all(low, high, written):
    ends = [None if end is None else Decimal(end) for end in (low, high)]

    assert figures.between(*ends) == written


def test_an_interval_of_money_may_begin_below_zero():
    assert figures.money_between(Decimal("-12.5"), Decimal(2500), "EUR") == (
        "−€12.50–€2,500"
    )


@pytest.mark.parametrize("write", [figures.count, figures.rate])
def test_a_figure_that_was_not_computed_is_a_dash(write):
    figure = write("orders", None)

    assert (figure.text, figure.n, figure.interval, figure.is_missing) == (
        "–",
        "",
        "",
        True,
    )


def test_a_withheld_amount_says_of_how_many_and_why():
    reading = Reading(value=None, n=29, state=Reading.State.SMALL)

    figure = figures.amount("ltv_90", reading, "USD")

    assert (figure.text, figure.n, figure.interval) == ("–", "29", "")
    assert (figure.is_small, figure.is_immature, figure.is_missing) == (
        True,
        False,
        False,
    )


@pytest.mark.parametrize(
    ("took", "written"),
    [
        (None, "–"),
        (0, "0.00 s"),
        (0.994, "0.99 s"),
        (0.999, "1.0 s"),
        (1, "1.0 s"),
        (59.94, "59.9 s"),
        (59.96, "1 min 0 s"),
        (119.6, "2 min 0 s"),
        (3_725, "62 min 5 s"),
    ],
)
def test_a_time_is_never_sixty_seconds(took, written):
    assert shown.seconds(took) == written


@pytest.mark.parametrize(
    ("used", "written"),
    [(None, "–"), (0, "–"), (0.4, "0 MB"), (1536.4, "1,536 MB")],
)
def test_memory_nobody_measured_is_a_dash(used, written):
    assert shown.megabytes(used) == written


@pytest.mark.parametrize(
    ("at", "read"),
    [
        # The hour that is left out in March, and the one that comes twice in November.
        ("2026-03-08T06:59", "8 Mar 2026, 01:59"),
        ("2026-03-08T07:00", "8 Mar 2026, 03:00"),
        ("2026-11-01T05:30", "1 Nov 2026, 01:30"),
        ("2026-11-01T06:30", "1 Nov 2026, 01:30"),
        ("2026-01-01T04:59", "31 Dec 2025, 23:59"),
        ("2028-02-29T05:00", "29 Feb 2028, 00:00"),
    ],
)
def test_a_moment_is_read_by_the_clock_of_the_reporting_zone(settings, at, read):
    settings.REPORTING_TIME_ZONE = "America/New_York"

    assert drawn("{{ at|moment }}", at=make.moment(at)) == (
        f'<time datetime="{at}:00+00:00">{read}</time>'
    )


def test_the_two_half_past_ones_of_november_are_two_moments_to_a_machine(settings):
    settings.REPORTING_TIME_ZONE = "America/New_York"
    first = make.moment("2026-11-01T05:30")

    assert shown.moment(first) != shown.moment(first + timedelta(hours=1))


def test_a_day_is_written_as_it_stands_whatever_the_zone(settings):
    settings.REPORTING_TIME_ZONE = "Pacific/Kiritimati"

    assert drawn("{{ on|day }}", on=date(2028, 2, 29)) == (
        '<time datetime="2028-02-29">29 Feb 2028</time>'
    )


def test_no_moment_and_no_day_are_a_dash():
    assert drawn("{{ at|moment }} {{ on|day }}", at=None, on=None) == "– –"


@pytest.mark.parametrize(
    ("zone", "place"),
    [
        ("America/New_York", "New York"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires"),
        ("UTC", "UTC"),
    ],
)
def test_the_reporting_zone_is_named_as_a_place(settings, zone, place):
    settings.REPORTING_TIME_ZONE = zone

    assert drawn("{% reporting_zone %}") == place


def test_a_name_with_marks_of_html_stays_a_name():
    at = datetime(2026, 1, 5, tzinfo=UTC)

    assert drawn("{{ name }} {{ at|moment }}", name="<b>Ada</b>", at=at).startswith(
        "&lt;b&gt;Ada&lt;/b&gt; <time"
    )


@pytest.mark.parametrize(
    ("email", "masked"),
    [
        ("a@b", "a•••@b•••"),
        ("ada@", "•••"),
        ("@example.com", "•••"),
        ("ada", "•••"),
        ("a@b@example.co.uk", "a•••@e•••.uk"),
        ("ada@.com", "a•••@•••.com"),
        ("ädä@exämple.de", "ä•••@e•••.de"),
    ],
)
def test_an_address_is_masked_whatever_is_wrong_with_it(email, masked):
    assert contacts.masked_email(email) == masked


@given(
    name=st.text("abcdefghij", min_size=2, max_size=12),
    host=st.text("klmnopqrst", min_size=2, max_size=12),
)
def test_a_masked_address_shows_one_letter_of_each_side_and_no_length(name, host):
    assert contacts.masked_email(f"{name}@{host}.com") == (
        f"{name[0]}•••@{host[0]}•••.com"
    )


@given(phone=st.text("0123456789 +-()", max_size=20))
def test_a_masked_number_shows_two_digits_of_five_or_more_and_else_none(phone):
    digits = [letter for letter in phone if letter.isdigit()]

    left = [letter for letter in contacts.masked_phone(phone) if letter.isdigit()]

    assert left == (digits[-2:] if len(digits) > 4 else [])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("roles", "sees"),
    [
        ([], False),
        (["viewer", "data_owner", "auditor", "admin"], False),
        (["viewer", "steward"], True),
        (["privacy"], True),
    ],
)
def test_one_role_that_may_see_contacts_is_enough(roles, sees):
    user = make.seated(make.user(), *roles)

    assert contacts.may_see(user) is sees


@pytest.mark.django_db
def test_being_superuser_is_no_reason_to_see_contacts():
    user = make.user(role="admin")
    make.superuser(user)

    assert contacts.may_see(user) is False
