"""Contacts typed a second time, and contacts that only look as if they were.

Each kind below is made a fixed number of times, so that the review queue always has
something of every kind.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

from measurement.demo.journey.residents import Resident
from measurement.demo.mistyping import mistyped, mistyped_email, mistyped_phone
from measurement.demo.people import JUNK_EMAILS, People, Person, typed_phone

_CROSS_ID = 0.10
_STRANGERS_AT_THE_KIOSK = 11
_FAMILIES_WITH_ONE_MAILBOX = 14


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the contact's fields."""

    first: str
    last: str
    email: str
    phone: str
    household_id: str = ""


def doubles(
    contacted: Sequence[Resident], people: People, rng: Random
) -> Iterator[tuple[Person, Typed]]:
    """Yield who somebody is, and what was typed of them."""
    again = iter(rng.sample(contacted, len(contacted)))
    for retype, times in _RETYPED.items():
        for _ in range(times):
            yield _same_person(next(again), retype, people, rng)
    for _ in range(_FAMILIES_WITH_ONE_MAILBOX):
        yield _relative(next(again).person, people)
    yield from _kiosk(people, rng)


def _same_person(
    resident: Resident,
    retype: Callable[[Person, People, Random], Typed],
    people: People,
    rng: Random,
) -> tuple[Person, Typed]:
    typed = retype(resident.person, people, rng)
    household_id = resident.household_id if rng.random() < _CROSS_ID else ""
    return resident.person, Typed(
        typed.first, typed.last, typed.email, typed.phone, household_id
    )


def _misspelt_name(person: Person, people: People, rng: Random) -> Typed:
    """Return the same mailbox under a misspelt name."""
    return Typed(mistyped(person.first, rng), person.last, person.email, "")


def _same_email(person: Person, people: People, rng: Random) -> Typed:
    """Return the same name and mailbox, entered again by a colleague."""
    return Typed(person.first, person.last, person.email.upper(), "")


def _nicknamed(person: Person, people: People, rng: Random) -> Typed:
    """Return the same mailbox under the name friends use."""
    return Typed(person.nickname, person.last, person.email, "")


def _misspelt_email(person: Person, people: People, rng: Random) -> Typed:
    """Return the same name and number with a slip in the address."""
    email = mistyped_email(person.email, rng)
    return Typed(person.first, person.last, email, typed_phone(person.phone, rng))


def _same_phone(person: Person, people: People, rng: Random) -> Typed:
    """Return another mailbox and a nickname: only the number tells."""
    email = people.email(person.nickname, person.last)
    phone = person.phone or people.phone("US")
    return Typed(person.nickname, person.last, email, typed_phone(phone, rng))


def _misspelt_phone(person: Person, people: People, rng: Random) -> Typed:
    """Return a slip in the number and in the last name; no mailbox at all."""
    phone = mistyped_phone(person.phone or people.phone("US"), rng)
    return Typed(person.first, mistyped(person.last, rng), "", typed_phone(phone, rng))


def _junk_email(person: Person, people: People, rng: Random) -> Typed:
    """Return the name with whatever gets past the form."""
    return Typed(person.first, person.last, rng.choice(JUNK_EMAILS), "")


_RETYPED: dict[Callable[[Person, People, Random], Typed], int] = {
    _misspelt_name: 38,
    _same_email: 20,
    _nicknamed: 12,
    _misspelt_email: 36,
    _same_phone: 24,
    _misspelt_phone: 15,
    _junk_email: 10,
}


def _relative(holder: Person, people: People) -> tuple[Person, Typed]:
    """Return somebody else who reads the household's mail."""
    person = people.beside(holder)
    return person, Typed(person.first, person.last, holder.email, "")


def _kiosk(people: People, rng: Random) -> Iterator[tuple[Person, Typed]]:
    """Yield strangers who signed up at the shop, with the shop's own number."""
    phone = people.phone("US")
    for _ in range(_STRANGERS_AT_THE_KIOSK):
        person = people.make("US")
        email = person.email if rng.random() < 0.5 else ""
        yield person, Typed(person.first, person.last, email, typed_phone(phone, rng))
