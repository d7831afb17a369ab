"""What people type, made comparable. Pure.

Whatever identifies nobody (a placeholder, a fragment) is None, never an empty key: two
records must not meet in what neither of them says.
"""

import unicodedata
from datetime import date
from functools import cache, lru_cache

import phonenumbers

# Raised whenever a function here returns another key for the same text, or names are
# compared otherwise: the next stitching then reads every record again.
KEYS_VERSION = 2

_JUNK_MAILBOXES = frozenset({
    "abc", "anonymous", "asdf", "email", "invalid", "mail", "na", "no-email", "no-reply",
    "nobody", "noemail", "nomail", "none", "noreply", "null", "test", "tester", "testing",
    "unknown", "xxx",
})  # fmt: skip
_JUNK_HOSTS = frozenset(
    {"example.test", "noemail.com", "nomail.com", "none.com", "test.com"}
)
_COUNTING_UP, _COUNTING_DOWN = "0123456789" * 2, "9876543210" * 2

# The country whose local numbers a shop in this zone writes without a prefix.
_COUNTRY_OF_ZONE = {
    "America/Chicago": "US",
    "America/Denver": "US",
    "America/Los_Angeles": "US",
    "America/New_York": "US",
    "America/Toronto": "CA",
    "Australia/Sydney": "AU",
    "Europe/Amsterdam": "NL",
    "Europe/Berlin": "DE",
    "Europe/Brussels": "BE",
    "Europe/Dublin": "IE",
    "Europe/London": "GB",
    "Europe/Madrid": "ES",
    "Europe/Paris": "FR",
    "Europe/Rome": "IT",
    "Europe/Vienna": "AT",
    "Europe/Warsaw": "PL",
    "Europe/Zurich": "CH",
}


@lru_cache(maxsize=200_000)
def email_key(typed: str) -> str | None:
    """Return the e-mail as a matching key, or None where it identifies nobody.

    Lower-cased and trimmed, without characters nobody sees, its host as people write it.
    The part after ``+`` and the dots are kept: providers differ in what they mean, and
    joining two people by mistake costs more than missing one pair.

    >>> email_key(" Ada.Byron@Northmail.example ")
    'ada.byron@northmail.example'
    >>> email_key("mailto:ada@northmail.example")
    'ada@northmail.example'
    >>> email_key("ada@xn--mller-kva.example")
    'ada@müller.example'
    >>> [email_key(text) for text in ("", "ada", "ada@", "ada@home", "a b@home.example")]
    [None, None, None, None, None]
    >>> [email_key(text) for text in ("test@test.com", "none@none.com", "a@a.com")]
    [None, None, None]
    >>> email_key("noemail@northmail.example") is None
    True
    """
    text = _visible(typed).strip().casefold().removeprefix("mailto:")
    mailbox, at, host = text.rpartition("@")
    if "xn--" in host:
        host = _as_people_write_it(host)
    label, dot, ending = host.partition(".")
    if not (mailbox and at and label and dot and ending) or any(map(str.isspace, text)):
        return None
    if "@" in mailbox or ".." in host or host.endswith("."):
        return None
    # Nobody's mailbox is named like its host: a@a.com is what gets past a form.
    if mailbox in _JUNK_MAILBOXES or host in _JUNK_HOSTS or mailbox == label:
        return None
    return f"{mailbox}@{host}"


def _visible(typed: str) -> str:
    """Return the text as it is seen: what is copied from a page carries more than that."""
    if typed.isascii():
        return typed
    return "".join(
        letter
        for letter in unicodedata.normalize("NFKC", typed)
        if unicodedata.category(letter) != "Cf"
    )


def _as_people_write_it(host: str) -> str:
    """Return the host in its own script, where it was written for machines."""
    try:
        return unicodedata.normalize("NFKC", host.encode("ascii").decode("idna"))
    except UnicodeError:
        return host


@lru_cache(maxsize=200_000)
def phone_key(typed: str, country: str | None) -> str | None:
    """Return the number in E.164, or None where it reaches nobody.

    ``country`` is where a number without a prefix is dialled; without one, only numbers
    that begin with ``+`` can be read. An extension is not part of the key.

    >>> phone_key("(212) 555-0123", "US"), phone_key("+1 212 555 0123", None)
    ('+12125550123', '+12125550123')
    >>> phone_key("+44 (0)2079460123", "US"), phone_key("020 7946 0123", "GB")
    ('+442079460123', '+442079460123')
    >>> phone_key("020 7946 0123", None) is None
    True
    >>> [phone_key(text, "GB") for text in ("0000000000", "01111111111", "1234567890")]
    [None, None, None]
    >>> [phone_key(text, "US") for text in ("", "call me", "123", "555-0123")]
    [None, None, None, None]
    """
    digits = "".join(filter(str.isdecimal, typed))
    if len(digits) < 6 or _is_made_up(digits):
        return None
    try:
        number = phonenumbers.parse(typed, country)
    except phonenumbers.NumberParseException:
        return None
    # Seven digits are a number within one town, and every town has it.
    possible = phonenumbers.is_possible_number_with_reason(number)
    if possible != phonenumbers.ValidationResult.IS_POSSIBLE:
        return None
    national = str(number.national_number)
    if _is_made_up(national):
        return None
    if number.country_code == 1 and len(national) != 10:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _is_made_up(digits: str) -> bool:
    """Return whether somebody pressed one key, or all of them in order."""
    in_order = digits in _COUNTING_UP or digits in _COUNTING_DOWN
    return len(set(digits)) == 1 or in_order


def country_of(country: str, time_zone: str) -> str | None:
    """Return the country a record's local numbers are dialled in.

    What the record says goes before where its shop is; a zone not in our table is not
    guessed at.

    >>> country_of("ie", "Europe/London"), country_of("", "Europe/London")
    ('IE', 'GB')
    >>> country_of("UK", "Europe/Paris"), country_of("xx", "Europe/Paris")
    ('GB', 'FR')
    >>> country_of("", "UTC") is None
    True
    """
    said = country.strip().upper()
    said = "GB" if said == "UK" else said
    if said in phonenumbers.SUPPORTED_REGIONS:
        return said
    return _COUNTRY_OF_ZONE.get(time_zone)


@cache
def births_look_swapped(one: date, other: date) -> bool:
    """Return whether the dates differ only by which number is the day.

    >>> births_look_swapped(date(1980, 5, 7), date(1980, 7, 5))
    True
    >>> births_look_swapped(date(1980, 5, 7), date(1980, 5, 8))
    False
    """
    swapped = (other.year, other.day, other.month)
    return one != other and (one.year, one.month, one.day) == swapped
