"""The CRM's generated files: contacts with their duplicates, stages, consent.

The first contact of a household carries the household's id as its own, so that the
real attributes, sends and redemptions belong to it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain
from pathlib import Path
from random import Random
from typing import NamedTuple

from measurement.demo.history import (
    Consent,
    Rhythm,
    Stage,
    consents,
    segment_of,
    stages,
)
from measurement.demo.history import subscription_status as subscription
from measurement.demo.journey.baskets import ENDS_AT
from measurement.demo.journey.duplicates import Typed, doubles
from measurement.demo.journey.residents import Resident, Residents
from measurement.demo.people import Person, letters, typed_name, typed_phone
from measurement.demo.truth import Truth
from measurement.demo.writing import moment, write_csv

CONTACTED_HOUSEHOLDS = 2_300

_CROSS_ID = 0.75
_NICKNAME = 0.06
_OTHER_EMAIL = 0.05
_LAPSED_AFTER = timedelta(days=60)
_RHYTHM = Rhythm(quiet=timedelta(days=45), ends_at=ENDS_AT)
_SEGMENTS = {
    "2 Adults Kids": "Families",
    "1 Adult Kids": "Families",
    "2 Adults No Kids": "Couples",
}


class Contact(NamedTuple):
    """Somebody the CRM may write to."""

    contact_id: str
    household_id: str
    first_name: str
    last_name: str
    email: str
    phone: str
    status: str
    subscription_status: str
    created_at: str
    updated_at: str


@dataclass(frozen=True, slots=True)
class _Filed:
    """A contact and what the CRM remembers of it."""

    contact: Contact
    stages: list[Stage]
    consents: list[Consent]


def write(folder: Path, residents: Residents, *, seed: int, truth: Truth) -> None:
    """Write the three files, and tell who is behind each contact."""
    rng = Random(f"{seed} journey contacts")
    contacted = _contacted(residents.all, rng)
    filed = [_first_contact(resident, rng) for resident in contacted]
    for resident in contacted:
        truth.add("journey_crm", resident.household_id, resident.person)
    for number, (person, typed) in enumerate(doubles(contacted, residents.people, rng)):
        filed.append(_second_contact(f"D{number + 1:06d}", typed, person, rng))
        truth.add("journey_crm", filed[-1].contact.contact_id, person)
    write_csv(folder / "contacts.csv", Contact._fields, (one.contact for one in filed))
    write_csv(
        folder / "lifecycle.csv",
        Stage._fields,
        chain.from_iterable(one.stages for one in filed),
    )
    write_csv(
        folder / "consent.csv",
        Consent._fields,
        chain.from_iterable(one.consents for one in filed),
    )


def _contacted(all_: Sequence[Resident], rng: Random) -> list[Resident]:
    """Return whom the CRM knows: everybody it really wrote to, and some more."""
    others = [resident for resident in all_ if not resident.in_crm]
    more = CONTACTED_HOUSEHOLDS - (len(all_) - len(others))
    chosen = {resident.household_id for resident in rng.sample(others, more)}
    return [one for one in all_ if one.in_crm or one.household_id in chosen]


def _first_contact(resident: Resident, rng: Random) -> _Filed:
    person = resident.person
    contact_id = resident.household_id
    created = resident.created_at + timedelta(minutes=rng.randrange(1, 60))
    said = consents(contact_id, created_at=created, ends_at=ENDS_AT, rng=rng)
    quiet = ENDS_AT - resident.baskets[-1].at
    nicknamed = rng.random() < _NICKNAME
    return _Filed(
        Contact(
            contact_id=contact_id,
            household_id=contact_id if rng.random() < _CROSS_ID else "",
            first_name=typed_name(person.nickname if nicknamed else person.first, rng),
            last_name=typed_name(person.last, rng),
            email=_email(person, rng),
            phone=typed_phone(person.phone, rng) if rng.random() < 0.9 else "",
            status="lapsed" if quiet > _LAPSED_AFTER else "active",
            subscription_status=subscription(said),
            created_at=moment(created),
            updated_at=moment(created + (ENDS_AT - created) * rng.random()),
        ),
        stages(
            contact_id,
            created_at=created,
            bought_at=resident.bought_at,
            rhythm=_RHYTHM,
            segment=_segment(resident, rng),
            already_customer=resident.already_customer,
        ),
        said,
    )


def _second_contact(
    contact_id: str, typed: Typed, person: Person, rng: Random
) -> _Filed:
    created = ENDS_AT - timedelta(minutes=rng.randrange(60, 350 * 24 * 60))
    said = consents(contact_id, created_at=created, ends_at=ENDS_AT, rng=rng)
    return _Filed(
        Contact(
            contact_id=contact_id,
            household_id=typed.household_id,
            first_name=typed.first,
            last_name=typed.last,
            email=typed.email,
            phone=typed.phone,
            status="prospect",
            subscription_status=subscription(said),
            created_at=moment(created),
            updated_at=moment(created),
        ),
        stages(
            contact_id,
            created_at=created,
            bought_at=(),
            rhythm=_RHYTHM,
            segment=segment_of(person.birth_on, rng),
        ),
        said,
    )


def _email(person: Person, rng: Random) -> str:
    luck = rng.random()
    if luck < 0.03:
        return ""
    if luck < 0.03 + _OTHER_EMAIL:
        return f"{letters(person.first)[0]}{rng.randrange(100, 999)}-{person.email}"
    return person.email.upper() if luck > 0.98 else person.email


def _segment(resident: Resident, rng: Random) -> str:
    known = _SEGMENTS.get(resident.composition or "")
    return known or segment_of(resident.person.birth_on, rng)
