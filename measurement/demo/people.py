"""People who do not exist, and the addresses and numbers they go by.

Phones come from ranges set aside for fiction, mail hosts from the reserved ``.example``:
nobody real can be called or written to.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from random import Random
from unicodedata import normalize

from measurement.demo.names import CULTURES, FIRST_NAMES, LAST_NAMES, NICKNAMES

MAIL_HOSTS = (
    "northmail.example",
    "postbox.example",
    "quickmail.example",
    "inboxly.example",
    "homenet.example",
    "bluemail.example",
)
JUNK_EMAILS = ("test@test.com", "none@none.com", "noemail@noemail.com", "a@a.com")
JUNK_PHONES = ("0000000000", "1111111111", "1234567890")

_AREA_CODES = {
    "US": """212 216 303 305 312 313 314 404 412 414 502 503 504 512 513 602 606 612
             614 615 617 618 702 703 704 713 716 717 718 740 773 804 812 815 816 859
             901 904 913 919 937""",
    "GB": """1134960 1144960 1164960 1174960 1184960 1214960 1314960 1414960
             1514960 1614960 2079460 1914980 2896496 2920180 3069990""",
    "FR": "19900",
    "DE": "3023125 4066969",
}
_DIGITS_LEFT = {"US": ("55501", 2), "GB": ("", 3), "FR": ("", 4), "DE": ("", 3)}
_DIALLED = {"US": "+1", "GB": "+44", "FR": "+33", "DE": "+49"}

_OLDEST_BIRTH = date(1938, 1, 1)
_BIRTH_DAYS = 69 * 365


@dataclass(frozen=True, slots=True)
class Person:
    """Someone, as they are; what a system writes about them may differ."""

    key: str
    first: str
    last: str
    email: str
    phone: str
    country: str
    birth_on: date

    @property
    def nickname(self) -> str:
        """Return what friends say, or the first name where nothing shorter is known."""
        return NICKNAMES.get(self.first, self.first)


class People:
    """Makes people one after the other: nobody shares a mailbox or a number by chance."""

    def __init__(self, rng: Random, *, prefix: str, with_phone: float) -> None:
        self._rng = rng
        self._prefix = prefix
        self._with_phone = with_phone
        self._made = 0
        self._emails: set[str] = set()
        self._phones: dict[str, Iterator[str]] = {}

    def make(self, country: str) -> Person:
        """Return somebody new who lives in the country."""
        first, last = self._name(country)
        return self._register(first, last, country)

    def beside(self, other: Person) -> Person:
        """Return somebody of the same household: same name, same landline."""
        first, last = self._name(other.country)
        while first[0] == other.first[0]:
            first, last = self._name(other.country)
        if self._rng.random() < 0.85:
            last = other.last
        return replace(self._register(first, last, other.country), phone=other.phone)

    def email(self, first: str, last: str) -> str:
        """Return an address nobody has yet that looks like the name."""
        rng = self._rng
        one, two = letters(first), letters(last)
        shape = rng.choice(
            (
                f"{one}.{two}",
                f"{one}.{two}",
                f"{one}{two}",
                f"{one[0]}{two}",
                f"{two}.{one}",
            )
        )
        host = rng.choice(MAIL_HOSTS)
        email = f"{shape}@{host}"
        while email in self._emails:
            email = f"{shape}{rng.randrange(1, 1000)}@{host}"
        self._emails.add(email)
        return email

    def phone(self, country: str) -> str:
        """Return a number nobody has yet, or nothing where none is set aside."""
        if country not in self._phones:
            self._phones[country] = iter(_shuffled(phones_of(country), self._rng))
        return next(self._phones[country], "")

    def _register(self, first: str, last: str, country: str) -> Person:
        self._made += 1
        rng = self._rng
        return Person(
            key=f"{self._prefix}{self._made:05d}",
            first=first,
            last=last,
            email=self.email(first, last),
            phone=self.phone(country) if rng.random() < self._with_phone else "",
            country=country,
            birth_on=_OLDEST_BIRTH + timedelta(days=rng.randrange(_BIRTH_DAYS)),
        )

    def _name(self, country: str) -> tuple[str, str]:
        rng = self._rng
        culture = _culture(CULTURES[country], rng)
        given = "english" if rng.random() < 0.3 else culture
        last = rng.choice(LAST_NAMES[culture])
        if culture == "english" and rng.random() < 0.03:
            last = f"{last}-{rng.choice(LAST_NAMES['english'])}"
        return rng.choice(FIRST_NAMES[given]), last


def typed_phone(phone: str, rng: Random) -> str:
    """Return the number as somebody would type it into a form.

    >>> typed_phone("+12125550123", Random(0)), typed_phone("", Random(0))
    ('(212) 555-0123', '')
    """
    if phone.startswith("+1"):
        area, middle, end = phone[2:5], phone[5:8], phone[8:]
        shapes: Iterable[str] = (
            phone,
            f"{area}-{middle}-{end}",
            f"{area}.{middle}.{end}",
            f"({area}) {middle}-{end}",
            f"1{area}{middle}{end}",
        )
    elif phone.startswith("+44"):
        code, rest = phone[3:6], phone[6:]
        shapes = (
            phone,
            f"0{code}{rest}",
            f"0{code} {rest[:3]} {rest[3:]}",
            f"0{code} {rest}",
            f"+44 (0){code} {rest}",
        )
    else:
        shapes = (phone,)
    return rng.choice(tuple(shapes))


def typed_name(name: str, rng: Random) -> str:
    """Return the name as somebody would type it: mostly right, at times shouted.

    >>> typed_name("Zoë", Random(1)), typed_name("Zoë", Random(9))
    ('Zoë', 'Zoë')
    """
    luck = rng.random()
    if luck < 0.02:
        return name.upper()
    if luck < 0.04:
        return name.lower()
    if luck < 0.05:
        return f"{name} "
    return name


@cache
def phones_of(country: str) -> tuple[str, ...]:
    """Return every number of the country that is set aside for fiction.

    >>> len(phones_of("US")), phones_of("US")[7], phones_of("IE")
    (4100, '+12125550107', ())
    """
    if country not in _AREA_CODES:
        return ()
    middle, width = _DIGITS_LEFT[country]
    return tuple(
        f"{_DIALLED[country]}{area}{middle}{end:0{width}d}"
        for area in _AREA_CODES[country].split()
        for end in range(10**width)
    )


def _shuffled(values: tuple[str, ...], rng: Random) -> list[str]:
    return rng.sample(values, len(values))


def _culture(shares: Mapping[str, float], rng: Random) -> str:
    left = rng.random()
    for culture, share in shares.items():
        left -= share
        if left < 0:
            return culture
    return "english"


@cache
def letters(name: str) -> str:
    """Return the letters of a name that fit into an address.

    >>> letters("O'Brien"), letters("Łukasz"), letters("Núñez")
    ('obrien', 'lukasz', 'nunez')
    """
    plain = name.replace("Ł", "L").replace("ł", "l")
    plain = normalize("NFKD", plain).encode("ascii", "ignore").decode()
    return "".join(letter for letter in plain.lower() if letter.isalpha())
