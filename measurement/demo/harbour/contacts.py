"""What stands in the CRM's fields of somebody: rarely all, and not always right."""

from collections.abc import Iterator, Sequence
from datetime import date
from random import Random
from typing import NamedTuple

from measurement.demo.harbour.shoppers import Shopper
from measurement.demo.mistyping import mistyped, mistyped_email, mistyped_phone
from measurement.demo.people import (
    JUNK_EMAILS,
    JUNK_PHONES,
    People,
    Person,
    letters,
    typed_name,
    typed_phone,
)

KEPT_BY_THE_AGENCY = 40

_CROSS_ID = 0.75
_WRONG_CROSS_ID = 0.003
_CROSS_ID_OF_A_COPY = 0.12
_NICKNAME = 0.06
_CHANGED_EMAIL = 0.05
_TELLS_BIRTH = 0.40
_DAY_AND_MONTH_SWAPPED = 0.02


class Form(NamedTuple):
    """The fields of a contact that say who it is."""

    shop_customer_id: str
    first: str
    last: str
    email: str
    phone: str
    birth_date: str


def filled_in(shopper: Shopper, accounts: Sequence[str], rng: Random) -> Form:
    """Return the contact of a customer, as the shop's plug-in or a colleague made it."""
    person = shopper.person
    cross_id = ""
    if rng.random() < _CROSS_ID:
        wrong = rng.random() < _WRONG_CROSS_ID
        cross_id = rng.choice(accounts) if wrong else shopper.accounts[0].account_id
    form = stranger(person, shopper.mailbox, rng)
    if rng.random() < _NICKNAME:
        form = form._replace(first=person.nickname)
    if rng.random() < _CHANGED_EMAIL:
        changed = f"{letters(person.first)[0]}{rng.randrange(100, 9999)}-{person.email}"
        form = form._replace(email=changed)
    return form._replace(shop_customer_id=cross_id)


def stranger(person: Person, mailbox: str, rng: Random) -> Form:
    """Return a contact without any link to the shop."""
    phone = person.phone if rng.random() < 0.85 else ""
    return Form(
        shop_customer_id="",
        first=typed_name(person.first, rng),
        last=typed_name(person.last, rng),
        email=_email(mailbox, rng),
        phone=typed_phone(phone, rng) if rng.random() > 0.004 else _junk_phone(rng),
        birth_date=_birth_date(person.birth_on, rng),
    )


def copied(shopper: Shopper, people: People, rng: Random) -> Form:
    """Return the contact typed a second time, with whatever went wrong."""
    person = shopper.person
    form = stranger(person, shopper.mailbox, rng)
    slip = rng.choices(("first", "last", "email", "phone", "moved"), (3, 3, 4, 2, 3))[0]
    if slip == "first":
        nickname = person.nickname
        form = form._replace(
            first=nickname if nickname != person.first else mistyped(person.first, rng)
        )
    elif slip == "last":
        form = form._replace(last=mistyped(person.last, rng))
    elif slip == "email":
        form = form._replace(email=mistyped_email(shopper.mailbox, rng))
    elif slip == "phone" and person.phone:
        wrong = mistyped_phone(person.phone, rng)
        form = form._replace(phone=typed_phone(wrong, rng))
    else:
        form = form._replace(email=people.email(person.first, person.last))
    if rng.random() < _CROSS_ID_OF_A_COPY:
        form = form._replace(shop_customer_id=shopper.accounts[0].account_id)
    return form


def kept_by_an_agency(people: People, rng: Random) -> Iterator[tuple[Form, Person]]:
    """Yield strangers whom one agency signed up, all with its own number."""
    phone = people.phone("GB")
    for _ in range(KEPT_BY_THE_AGENCY):
        person = people.make("GB")
        form = stranger(person, person.email, rng)
        yield form._replace(phone=typed_phone(phone, rng)), person


def _email(mailbox: str, rng: Random) -> str:
    luck = rng.random()
    if luck < 0.02:
        return ""
    if luck < 0.027:
        return rng.choice(JUNK_EMAILS)
    return mailbox.title() if luck > 0.985 else mailbox


def _junk_phone(rng: Random) -> str:
    return rng.choice(JUNK_PHONES)


def _birth_date(born: date, rng: Random) -> str:
    if rng.random() >= _TELLS_BIRTH:
        return ""
    if born.day <= 12 and rng.random() < _DAY_AND_MONTH_SWAPPED:
        born = born.replace(month=born.day, day=born.month)
    return born.isoformat()
