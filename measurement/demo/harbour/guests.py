"""What somebody types who checks out without signing in."""

from random import Random
from typing import NamedTuple

from measurement.demo.harbour.shoppers import Shopper
from measurement.demo.mistyping import mistyped, mistyped_email
from measurement.demo.people import letters, typed_name, typed_phone

_GIVES_PHONE = 0.75
_OTHER_MAILBOX = 0.10
_NICKNAME = 0.09
_MISSPELT_NAME = 0.05
_MISSPELT_EMAIL = 0.04


class Guest(NamedTuple):
    """The fields of a checkout form."""

    first: str
    last: str
    email: str
    phone: str


SIGNED_IN = Guest("", "", "", "")


def checkout(shopper: Shopper, rng: Random) -> Guest:
    """Return the form as filled in: mostly as the account would say, not always."""
    person = shopper.person
    first, last, email, phone = person.first, person.last, shopper.mailbox, person.phone
    gives_phone = rng.random() < _GIVES_PHONE
    luck = rng.random()
    if luck < _OTHER_MAILBOX:
        # Only the number tells who this is.
        short = f"{letters(first)[0]}.{letters(last)[:3]}"
        email = f"{short}{rng.randrange(1000, 9999)}@workplace.example"
        gives_phone = True
    elif luck < _OTHER_MAILBOX + _NICKNAME:
        first = person.nickname
    elif luck < _OTHER_MAILBOX + _NICKNAME + _MISSPELT_NAME:
        last = mistyped(last, rng)
    elif luck < _OTHER_MAILBOX + _NICKNAME + _MISSPELT_NAME + _MISSPELT_EMAIL:
        email = mistyped_email(email, rng)
        gives_phone = True
    return Guest(
        first=typed_name(first, rng),
        last=typed_name(last, rng),
        email=email,
        phone=typed_phone(phone, rng) if gives_phone else "",
    )
