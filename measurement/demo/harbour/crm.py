"""The CRM of Harbour & Pine: contacts with their duplicates, stages, consent."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import NamedTuple

from measurement.demo.harbour.contacts import (
    Form,
    copied,
    filled_in,
    kept_by_an_agency,
    stranger,
)
from measurement.demo.harbour.season import ENDS_AT, STARTS_AT
from measurement.demo.harbour.shoppers import Crowd, Shopper
from measurement.demo.history import (
    Consent,
    Rhythm,
    Stage,
    consents,
    segment_of,
    stages,
)
from measurement.demo.history import subscription_status as subscription
from measurement.demo.people import Person
from measurement.demo.truth import Truth
from measurement.demo.writing import moment, write_csv

CONTACTS = 22_000

_DUPLICATES = 0.06
_GUESTS_KNOWN = 0.12
_PROSPECTS = 420
_LAPSED_AFTER = timedelta(days=180)
_RHYTHM = Rhythm(quiet=timedelta(days=120), ends_at=ENDS_AT)


class ContactRow(NamedTuple):
    """Somebody the CRM may write to."""

    contact_id: str
    shop_customer_id: str
    first_name: str
    last_name: str
    email: str
    phone: str
    birth_date: str
    status: str
    subscription_status: str
    segment: str
    created_at: str
    updated_at: str


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody as the CRM met them: since when, and what they bought from then on."""

    person: Person
    form: Form
    created_at: datetime
    bought_at: Sequence[datetime]


def write(folder: Path, crowd: Crowd, *, seed: int, truth: Truth) -> None:
    """Write the three files, and tell who is behind each contact."""
    rng = Random(f"{seed} harbour contacts")
    known = sorted(_known(crowd, rng), key=lambda one: one.created_at)
    contacts: list[ContactRow] = []
    gone_through: list[Stage] = []
    agreed: list[Consent] = []
    for number, one in enumerate(known, start=1):
        contact_id = f"K{number:06d}"
        said = consents(contact_id, created_at=one.created_at, ends_at=ENDS_AT, rng=rng)
        segment = segment_of(one.person.birth_on, rng)
        contacts.append(_row(contact_id, one, said, segment, rng))
        gone_through += stages(
            contact_id,
            created_at=one.created_at,
            bought_at=one.bought_at,
            rhythm=_RHYTHM,
            segment=segment,
        )
        agreed += said
        truth.add("harbour_crm", contact_id, one.person)
    write_csv(folder / "contacts.csv.zip", ContactRow._fields, contacts)
    write_csv(folder / "lifecycle.csv", Stage._fields, gone_through)
    write_csv(folder / "consent.csv", Consent._fields, agreed)


def _known(crowd: Crowd, rng: Random) -> Iterator[Known]:
    """Yield customers, some guests, prospects, and a second copy of a few."""
    customers = [one for one in crowd.shoppers if one.accounts and not one.is_staff]
    guests = [one for one in crowd.shoppers if not one.accounts]
    some_guests = rng.sample(guests, int(len(guests) * _GUESTS_KNOWN))
    twice = int(CONTACTS * _DUPLICATES)
    some = rng.sample(customers, CONTACTS - twice - _PROSPECTS - len(some_guests))
    accounts = [shopper.accounts[0].account_id for shopper in customers]
    for shopper in some:
        yield _customer(shopper, filled_in(shopper, accounts, rng), rng)
    for shopper in some_guests:
        yield _customer(shopper, stranger(shopper.person, shopper.mailbox, rng), rng)
    for shopper in rng.sample(some, twice):
        yield _later(shopper.person, copied(shopper, crowd.people, rng), rng)
    for form, person in kept_by_an_agency(crowd.people, rng):
        yield _later(person, form, rng)
    for _ in range(_PROSPECTS - 40):
        person = crowd.people.make("GB")
        yield _later(person, stranger(person, person.email, rng), rng)


def _customer(shopper: Shopper, form: Form, rng: Random) -> Known:
    bought_at = [purchase.at for purchase in shopper.purchases]
    since = [account.created_at for account in shopper.accounts[:1]] + bought_at[:1]
    created = min(since) + timedelta(minutes=rng.randrange(1, 30))
    if rng.random() < 0.2:
        created -= timedelta(days=rng.uniform(1, 60))
    return Known(shopper.person, form, created, bought_at)


def _later(person: Person, form: Form, rng: Random) -> Known:
    created = STARTS_AT + (ENDS_AT - STARTS_AT) * rng.uniform(0.05, 1)
    return Known(person, form, created, ())


def _row(
    contact_id: str, one: Known, said: Iterable[Consent], segment: str, rng: Random
) -> ContactRow:
    created = one.created_at
    changed = (ENDS_AT - created) * rng.random() if rng.random() < 0.5 else timedelta()
    form = one.form
    return ContactRow(
        contact_id=contact_id,
        shop_customer_id=form.shop_customer_id,
        first_name=form.first,
        last_name=form.last,
        email=form.email,
        phone=form.phone,
        birth_date=form.birth_date,
        status=_status(one.bought_at),
        subscription_status=subscription(list(said)),
        segment=segment if rng.random() < 0.9 else "",
        created_at=moment(created),
        updated_at=moment(created + changed),
    )


def _status(bought_at: Sequence[datetime]) -> str:
    if not bought_at:
        return "prospect"
    return "lapsed" if ENDS_AT - bought_at[-1] > _LAPSED_AFTER else "active"
