"""What people type, made comparable. Pure.

Whatever identifies nobody (a placeholder, a fragment) is None, never an empty key: two
records must not meet in what neither of them says.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping
from datetime import date
from functools import cache, lru_cache

import email_validator
import phonenumbers

# Raised whenever a function here returns another key for the same text, or names are
# compared otherwise: the next stitching then reads every record again.
KEYS_VERSION = 3

# What people type to get past a form, where nobody has agreed on anything else.
_JUNK_MAILBOXES = frozenset({
    "abc", "anonymous", "asdf", "email", "invalid", "mail", "na", "no-email", "no-reply",
    "nobody", "noemail", "nomail", "none", "noreply", "null", "test", "tester", "testing",
    "unknown", "xxx",
})  # fmt: skip
_JUNK_HOSTS = frozenset(
    {"example.test", "noemail.com", "nomail.com", "none.com", "test.com"}
)
_JUNK_IDS = frozenset({"n/a", "na", "nil", "none", "null", "undefined", "unknown"})
_COUNTING_UP, _COUNTING_DOWN = "0123456789" * 2, "9876543210" * 2

# An address in plain letters. Nearly all are, and asking the validator takes 50 times as
# long; two dashes in a row it has to read itself.
_ATOM = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
_PLAIN = re.compile(
    rf"{_ATOM}(?:\.{_ATOM})*@(?:[a-z0-9](?:-?[a-z0-9])*\.)+[a-z0-9](?:-?[a-z0-9])*"
)
_LONGEST = 254
_LONGEST_LABEL = 63
# Hosts by which nobody is reached, but the one that tests are written with.
_NOWHERE = tuple(
    f".{name}" for name in email_validator.SPECIAL_USE_DOMAIN_NAMES if name != "test"
)

_STREET_WORDS = {
    "allee": "al", "avenida": "av", "avenue": "av", "ave": "av", "boulevard": "blvd",
    "close": "cl", "court": "ct", "crescent": "cres", "drive": "dr", "highway": "hwy",
    "lane": "ln", "parkway": "pkwy", "place": "pl", "platz": "pl", "road": "rd",
    "saint": "st", "square": "sq", "strasse": "st", "str": "st", "street": "st",
    "terrace": "ter", "way": "wy", "weg": "wy",
}  # fmt: skip
_GLUED = re.compile(r"(?<=\w)(?:strasse|str)$")
# What stands before the number of a flat, which is not the house's.
_FLATS = frozenset(
    {"apartment", "apt", "flat", "no", "room", "suite", "unit", "wohnung"}
)

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

    What is nobody's is what an installation begins with; where something else was agreed
    on, ``comparable_email`` is read under it.

    >>> email_key(" Ada.Byron@Northmail.example ")
    'ada.byron@northmail.example'
    >>> [email_key(text) for text in ("", "ada", "ada@", "ada@home", "a b@home.example")]
    [None, None, None, None, None]
    >>> [email_key(text) for text in ("test@test.com", "none@none.com", "a@a.com")]
    [None, None, None]
    >>> email_key("noemail@northmail.example") is None
    True
    """
    address = comparable_email(typed)
    if address is None:
        return None
    mailbox, _, host = address.rpartition("@")
    return None if mailbox in _JUNK_MAILBOXES or host in _JUNK_HOSTS else address


def comparable_email(typed: str) -> str | None:
    """Return the e-mail as it is compared, whoever may use it; None if it is none.

    Lower-cased and trimmed, without characters nobody sees, its host as people write it.
    The part after ``+`` and the dots are kept: providers differ in what they mean, and
    joining two people by mistake costs more than missing one pair.

    >>> comparable_email("mailto:ada@northmail.example")
    'ada@northmail.example'
    >>> comparable_email("ada@xn--mller-kva.example")
    'ada@müller.example'
    >>> comparable_email("test@test.de"), comparable_email("a..b@home.example")
    (None, None)
    """
    text = _visible(typed).strip().casefold().removeprefix("mailto:")
    address = text if _is_plain(text) else _validated(text)
    if address is None or address.endswith(_NOWHERE):
        return None
    mailbox, _, host = address.rpartition("@")
    label, dot, _ = host.partition(".")
    # Nobody's mailbox is named like its host: a@a.com is what gets past a form.
    return address if dot and mailbox != label else None


def mailbox_key(
    address: str,
    *,
    without_dots: Collection[str],
    without_tags: Collection[str],
    same_host: Mapping[str, str],
    relays: Collection[str] = (),
) -> str | None:
    """Return the mailbox a comparable e-mail leads to; None where nobody knows better.

    Of hosts that are named nowhere, and of those that only forward, it is not known what
    they make of an address.

    >>> providers = {
    ...     "without_dots": {"gmail.com", "googlemail.com"},
    ...     "without_tags": {"gmail.com", "googlemail.com", "outlook.com"},
    ...     "same_host": {"googlemail.com": "gmail.com"},
    ... }
    >>> mailbox_key("a.da+shop@googlemail.com", **providers)
    'ada@gmail.com'
    >>> mailbox_key("a.da+shop@outlook.com", **providers)
    'a.da@outlook.com'
    >>> mailbox_key("a.da+shop@northmail.example", **providers) is None
    True
    """
    mailbox, _, host = address.rpartition("@")
    if host in relays or not (host in without_tags or host in without_dots):
        return None
    if host in without_tags:
        # An address that is all tag has no mailbox before it.
        mailbox = mailbox.partition("+")[0] or mailbox
    if host in without_dots:
        mailbox = mailbox.replace(".", "")
    return f"{mailbox}@{same_host.get(host, host)}"


def is_relay(address: str, relays: Collection[str]) -> bool:
    """Return whether the address only forwards: it is somebody's, and says not whose.

    >>> is_relay("x1y2@privaterelay.appleid.com", {"privaterelay.appleid.com"})
    True
    """
    return address.rpartition("@")[2] in relays


def _is_plain(text: str) -> bool:
    if "--" in text or len(text) > _LONGEST or not _PLAIN.fullmatch(text):
        return False
    labels = text.rpartition("@")[2].split(".")
    # Every top-level domain ends with a letter.
    return labels[-1][-1].isalpha() and max(map(len, labels)) <= _LONGEST_LABEL


def _validated(text: str) -> str | None:
    try:
        found = email_validator.validate_email(
            text, check_deliverability=False, test_environment=True
        )
    except email_validator.EmailNotValidError:
        return None
    return found.normalized


def _visible(typed: str) -> str:
    """Return the text as it is seen: what is copied from a page carries more than that."""
    if typed.isascii():
        return typed
    return "".join(
        letter
        for letter in unicodedata.normalize("NFKC", typed)
        if unicodedata.category(letter) != "Cf"
    )


@lru_cache(maxsize=100_000)
def address_key(street: str, postcode: str) -> str | None:
    """Return where somebody lives as a key: postcode, house, street. None if not all three.

    >>> address_key("12 High Street", "ab1 2cd"), address_key("High St. 12", "AB12CD")
    ('ab12cd 12 high st', 'ab12cd 12 high st')
    >>> address_key("Hauptstraße 7a", "10115"), address_key("Haupt-Str. 7A", "10115")
    ('10115 7a hauptst', '10115 7a haupt st')
    >>> address_key("Flat 3, 12 High Street", "AB1 2CD")
    'ab12cd 12 high st'
    >>> address_key("High Street", "AB1 2CD"), address_key("12 High Street", "")
    (None, None)
    """
    place = "".join(_words(postcode))
    house, named = "", []
    words = iter(_words(street))
    for word in words:
        if word in _FLATS:
            next(words, None)
        elif word[0].isdecimal() and not house:
            house = word
        elif word.isalpha():
            named.append(_STREET_WORDS.get(word) or _GLUED.sub("st", word))
    return f"{place} {house} {' '.join(named)}" if place and house and named else None


def _words(typed: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", typed.casefold())
    return "".join(
        letter if letter.isalnum() else " "
        for letter in plain
        if not unicodedata.combining(letter)
    ).split()


def id_key(typed: str) -> str | None:
    """Return an id a system gave as a key, or None where it stands for nobody.

    Its case is kept: two visitors may differ in nothing else.

    >>> id_key(" 29 0044 1187 "), id_key("aF9-x")
    ('2900441187', 'aF9-x')
    >>> [id_key(text) for text in ("", "0000000", "null", "N/A", "-")]
    [None, None, None, None, None]
    """
    said = "".join(typed.split())
    if said.casefold() in _JUNK_IDS or len(set(said)) < 2:
        return None
    return said


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
