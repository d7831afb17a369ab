"""One record made comparable without an engine: as ``normalise`` does for all. Pure.

The SQL in ``sql/clean_*.sql`` says what is done; this does the same to one text, for
starting an engine takes longer than asking the index. Only a birth date of which nobody
can tell the day from the month is read day first here: one date cannot say.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping

from identity.keys import email_key
from identity.matching.fields import Kind
from identity.names import name_key

NOBODY = frozenset({
    "anonymous", "client", "customer", "dummy", "gast", "guest", "kunde", "kundin", "n/a",
    "name", "noname", "none", "null", "test", "tester", "unbekannt", "unknown", "x", "xx",
    "xxx",
})  # fmt: skip
NOTHING = frozenset({"", "-", ".", "?", "n/a", "na", "nan", "none", "null", "unknown"})
_NO_BIRTHS = frozenset({"19000101", "19700101", "00000000", "99991231", "00010101"})
_NO_HOSTS = frozenset(
    {"example.test", "noemail.com", "nomail.com", "none.com", "test.com"}
)
_UP, _DOWN = "0123456789" * 2, "9876543210" * 2

_ONE_WORD = re.compile(r" *[A-Za-z]+ *")
_PLAIN_EMAIL = re.compile(r"[a-z0-9._%+-]+@[a-z0-9-]+([.][a-z0-9-]+)+")
_MAY_BE_JUNK = re.compile(r"[a-z-]{1,9}")
_COUNTRY = re.compile(
    r"^(1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|[0-9]{3})"
)
_YEAR_FIRST = re.compile(r" *[0-9]{4}[^0-9][0-9]{1,2}[^0-9][0-9]{1,2}")
_YEAR_LAST = re.compile(r" *[0-9]{1,2}[^0-9][0-9]{1,2}[^0-9][0-9]{4}")
_EIGHT = re.compile(r" *[0-9]{8}")
_YEAR = re.compile(r" *[0-9]{4}([.]0)? *$")
_NO_DIGIT = re.compile(r"[^0-9]")
_STREET_END = re.compile(r"(strasse|strase|str) ")
_STREET_WORD = re.compile(
    r" (street|st|avenue|ave|av|road|rd|drive|dr|place|pl|court|ct|crescent|cres|lane|ln"
    r"|calle|c/|via|rue|straat) "
)
_WIDTHS = (
    " \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u202f\u205f\u3000"
)
_SPACES = re.compile(r"[\t\n\f\r ]+")
_BLANKS = re.compile(f"[\t\n\f\r\u2028\u2029{_WIDTHS}]+")
_UNSEEN = re.compile("[\u200b-\u200f\u2060\ufeff]+")
_LONGEST = 500

# What stands beside a record, and is not compared as a text is.
_LEFT_OUT = frozenset({Kind.RECORD, Kind.IGNORED, Kind.GUEST})


def comparable(
    said: Mapping[str, str | None], kinds: Mapping[str, Kind]
) -> dict[str, str]:
    """Return what a record says as it is compared; what identifies nobody is left out.

    >>> kinds = {name: Kind(name) for name in ("first", "phone", "birth", "street")}
    >>> said = {"first": " Zoë", "phone": "+49 30 123459", "birth": "1980-05-07"}
    >>> comparable(said | {"street": "Hauptstr. 7a"}, kinds)
    {'first': 'zoe', 'phone': '30123459', 'birth': '19800507', 'street': 'haupt', 'house': '7a'}
    """
    found = {
        name: clean
        for name, text in said.items()
        if text is not None
        and len(text.encode()) <= _LONGEST
        and (kind := kinds.get(name, Kind.TEXT)) not in _LEFT_OUT
        and (clean := _CLEANED_BY.get(kind, _text)(_tidied(text)))
    }
    return dict(_house_apart(found))


def _tidied(text: str) -> str:
    return text if text.isascii() else _BLANKS.sub(" ", _UNSEEN.sub("", text))


def _house_apart(said: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, text in said.items():
        if name == "street":
            street, house = number_apart(text)
            yield "street", street
            if house and "house" not in said:
                yield "house", house
        else:
            yield name, text


def number_apart(street: str) -> tuple[str, str | None]:
    """Return the street without its number, and the number, if it has one.

    >>> number_apart("haupt 7a"), number_apart("12 high"), number_apart("am ring")
    (('haupt', '7a'), ('high', '12'), ('am ring', None))
    """
    words = street.split()
    for place in (-1, 0):
        if len(words) > 1 and words[place][0].isdigit():
            number = words.pop(place)
            return " ".join(words), number
    return street, None


def _name(typed: str) -> str | None:
    if not _ONE_WORD.fullmatch(typed):
        return name_key(typed)
    plain = typed.strip(" ").lower()
    return None if plain in NOBODY else plain


def _email(typed: str) -> str | None:
    text = _trimmed(typed).lower()
    mailbox, _, host = text.partition("@")
    is_odd = (
        not _PLAIN_EMAIL.fullmatch(text)
        or _MAY_BE_JUNK.fullmatch(mailbox)
        or mailbox == host.partition(".")[0]
        or "xn--" in host
        or host in _NO_HOSTS
    )
    return email_key(typed) if is_odd else text


def _phone(typed: str) -> str | None:
    is_abroad = typed.lstrip(" ").startswith(("+", "00"))
    digits = _NO_DIGIT.sub("", typed.replace("(0)", "")).removeprefix("00")
    if is_abroad:
        digits = _COUNTRY.sub("", digits)
    elif len(digits) == 11 and digits[0] == "1":
        digits = digits[1:]
    digits = digits.lstrip("0")
    if len(digits) < 6 or len(set(digits)) == 1 or digits in _UP or digits in _DOWN:
        return None
    return digits


def _birth(typed: str) -> str | None:
    text = typed.strip(" ")
    if _YEAR_FIRST.match(typed):
        # Where a part has more digits than it may, they are cut as the SQL does.
        year, month, day = _NO_DIGIT.sub("-", text).split("-")[:3]
        found = _padded(year, 4) + _padded(month, 2) + _padded(day, 2)
    elif _YEAR_LAST.match(typed):
        day, month, year = _NO_DIGIT.sub("-", text).split("-")[:3]
        found = year + _padded(month, 2) + _padded(day, 2)
    elif _EIGHT.match(typed):
        found = text[:8]
    elif _YEAR.match(typed):
        found = f"{text[:4]}0000"
    else:
        return None
    return None if found in _NO_BIRTHS else found


def _padded(digits: str, width: int) -> str:
    return digits.rjust(width, "0")[:width]


def _street(typed: str) -> str | None:
    plain = _without_marks(typed).lower().replace("ß", "ss")
    text = f" {re.sub(r'[^a-z0-9/]+', ' ', plain).strip(' ')} "
    short = _STREET_WORD.sub(" ", _STREET_END.sub(" ", text)).strip(" ")
    return short or text.strip(" ") or None


def _id(typed: str) -> str | None:
    plain = re.sub(r"[^a-z0-9]", "", _without_marks(typed).lower())
    return None if len(set(plain)) == 1 and len(plain) != 1 else plain


def _text(typed: str) -> str | None:
    plain = _trimmed(_SPACES.sub(" ", _without_marks(typed).lower()))
    return None if plain in NOTHING else plain


def _trimmed(text: str) -> str:
    """Return the text without the spaces around it, of whatever width, as SQL trims it."""
    return text.strip(_WIDTHS)


def _without_marks(text: str) -> str:
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFD", text)
    bare = "".join(
        one for one in apart if not unicodedata.category(one).startswith("M")
    )
    return unicodedata.normalize("NFC", bare)


_CLEANED_BY: Mapping[Kind, Callable[[str], str | None]] = {
    Kind.FIRST: _name,
    Kind.MIDDLE: _name,
    Kind.LAST: _name,
    Kind.EMAIL: _email,
    Kind.PHONE: _phone,
    Kind.BIRTH: _birth,
    Kind.STREET: _street,
    Kind.POSTCODE: _id,
    Kind.UNIQUE: _id,
    Kind.CROSS: _id,
    Kind.CARD: _id,
}
