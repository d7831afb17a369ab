"""What people type, and what of it identifies anybody."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.keys import country_of, email_key, phone_key

words = st.text(alphabet="abcdefghijklmnopqrstuvwxyz0123456789._+-", min_size=4)


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("ada@home.example", "ada@home.example"),
        ("  ADA@Home.Example ", "ada@home.example"),
        ("ada+shop@home.example", "ada+shop@home.example"),
        ("a.da@home.example", "a.da@home.example"),
        ("mailto:ada@home.example", "ada@home.example"),
        ("günther@müller.example", "günther@müller.example"),
    ],
)
def test_an_email_is_compared_without_its_case(typed, key):
    assert email_key(typed) == key


@pytest.mark.parametrize(
    "typed",
    [
        "", " ", "-", "ada", "@home.example", "ada@", "ada@home", "ada@home.", "ada@.example",
        "a@b@home.example", "ada byron@home.example", "ada@home..example",
        "test@test.com", "none@none.com", "noemail@noemail.com", "a@a.com", "NOREPLY@home.example",
        "unknown@home.example", "asdf@asdf.de",
    ],
)  # fmt: skip
def test_what_is_no_mailbox_of_anybody_has_no_key(typed):
    assert email_key(typed) is None


@given(words, words)
def test_the_key_of_an_email_is_its_own_key(mailbox, host):
    key = email_key(f"{mailbox}@{host}.example")

    assert key is None or email_key(key) == key


@pytest.mark.parametrize(
    ("typed", "country"),
    [
        ("020 7946 0123", "GB"),
        ("+44 20 7946 0123", None),
        ("+44 (0)20 7946 0123", "US"),
        ("0044 20 7946 0123", "GB"),
        ("(020) 7946-0123 ext. 5", "GB"),
    ],
)
def test_a_number_is_one_key_however_it_is_typed(typed, country):
    assert phone_key(typed, country) == "+442079460123"


@pytest.mark.parametrize(
    ("typed", "country"),
    [
        ("", "GB"), ("n/a", "GB"), ("123", "GB"), ("0000000000", "US"), ("1111111111", "GB"),
        ("9999999999", "US"), ("1234567890", "GB"), ("0123456789", "US"), ("0123456789", "GB"),
        ("555-0123", "US"), ("020 7946 0123", None), ("+1 111 111 1111", None),
    ],
)  # fmt: skip
def test_what_reaches_nobody_has_no_key(typed, country):
    assert phone_key(typed, country) is None


def test_a_local_number_belongs_to_the_country_it_is_dialled_in():
    assert phone_key("212 555 0123", "US") == "+12125550123"
    assert phone_key("030 23125123", "DE") == "+493023125123"


@given(st.integers(min_value=2_010_000_000, max_value=9_899_999_999))
def test_the_key_of_a_number_is_its_own_key(digits):
    key = phone_key(str(digits), "US")

    assert key is None or phone_key(key, None) == key


@given(st.text(max_size=30), st.sampled_from(["GB", "US", "DE", None]))
def test_whatever_is_typed_is_a_key_that_can_be_dialled_or_none(typed, country):
    key = phone_key(typed, country)

    assert key is None or phonenumbers.is_possible_number(phonenumbers.parse(key))


def test_what_a_record_says_of_its_country_goes_before_its_shop():
    assert country_of("fr", "Europe/London") == "FR"
    assert country_of("", "Europe/London") == "GB"
    assert country_of("", "America/New_York") == "US"


@pytest.mark.parametrize(
    ("country", "zone"), [("", "UTC"), ("?", "Etc/GMT"), ("UK1", "")]
)
def test_a_country_nobody_named_is_not_guessed(country, zone):
    assert country_of(country, zone) is None
