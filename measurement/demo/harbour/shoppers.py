"""The people behind Harbour & Pine's orders: when they buy, and under which account."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random

from measurement.demo.harbour.habits import ACQUIRED_BY, HABITS, Habit
from measurement.demo.harbour.season import ENDS_AT, STARTS_AT, arrival, quiet
from measurement.demo.people import People, Person
from measurement.demo.touches import Mix

STAFF = 3
_REGISTERED = 23_700
_GUESTS_ONLY = 3_640
_STAFF_ORDERS = 75

_ONLY_LOOKS = 0.06
_SIGNED_UP_EARLY = 0.15
_GUEST_FIRST = 0.072
_FORGETS_TO_SIGN_IN = 0.015
_SECOND_ACCOUNT = 0.030
_GUEST_COMES_BACK = 0.34
_SAME_HOUSEHOLD = 0.07
_HOUSEHOLD_MAILBOX = 0.40
_COUNTRIES = Mix({"GB": 0.957, "IE": 0.012, "FR": 0.012, "DE": 0.011, "NL": 0.008})


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody registered at the shop, with the address they had then."""

    account_id: str
    email: str
    created_at: datetime


@dataclass(slots=True)
class Purchase:
    """Somebody buys, signed in or as a guest; numbered once all are known."""

    at: datetime
    account: Account | None
    order_id: str = ""


@dataclass(slots=True)
class Shopper:
    """One person, the channel that brought them, and all they did at the shop."""

    person: Person
    channel: str
    mailbox: str
    accounts: list[Account] = field(default_factory=list)
    purchases: list[Purchase] = field(default_factory=list)
    is_staff: bool = False

    @property
    def habit(self) -> Habit:
        """Return how people of this channel behave."""
        return HABITS[self.channel]


@dataclass(frozen=True, slots=True)
class Crowd:
    """Everybody who was at the shop, and the maker of whoever else is needed."""

    shoppers: Sequence[Shopper]
    people: People


def gather(*, seed: int) -> Crowd:
    """Return everybody in the order in which they first came by."""
    rng = Random(f"{seed} harbour shoppers")
    people = People(rng, prefix="H", with_phone=0.53)
    accounts = _Accounts(people)
    shoppers = [_staff(people, accounts, rng) for _ in range(STAFF)]
    came_at = sorted(arrival(rng) for _ in range(_REGISTERED + _GUESTS_ONLY))
    guests_only = set(rng.sample(range(len(came_at)), _GUESTS_ONLY))
    for nth, at in enumerate(came_at):
        shopper = _newcomer(people, shoppers, rng)
        if nth in guests_only:
            shopper.purchases = [
                Purchase(when, None) for when in _guest_visits(at, rng)
            ]
        else:
            shopper.mailbox = shopper.person.email
            _register(shopper, at, accounts, rng)
        shoppers.append(shopper)
    return Crowd(shoppers, people)


class _Accounts:
    """Opens accounts: one number after the other, no address twice."""

    def __init__(self, people: People) -> None:
        self._people = people
        self._opened = 0

    def open(self, email: str, at: datetime) -> Account:
        self._opened += 1
        return Account(f"{500_000 + self._opened}", email, at)

    def open_again(self, person: Person, at: datetime) -> Account:
        return self.open(self._people.email(person.first, person.last), at)


def _newcomer(people: People, before: Sequence[Shopper], rng: Random) -> Shopper:
    if len(before) > STAFF and rng.random() < _SAME_HOUSEHOLD:
        holder = before[rng.randrange(STAFF, len(before))].person
        person = people.beside(holder)
        shares = rng.random() < _HOUSEHOLD_MAILBOX
        mailbox = holder.email if shares else person.email
        return Shopper(person, ACQUIRED_BY.draw(rng), mailbox)
    person = people.make(_COUNTRIES.draw(rng))
    return Shopper(person, ACQUIRED_BY.draw(rng), person.email)


def _staff(people: People, accounts: _Accounts, rng: Random) -> Shopper:
    person = people.make("GB")
    email = f"{person.email.partition('@')[0]}@harbourandpine.example"
    person = replace(person, email=email)
    account = accounts.open(email, STARTS_AT)
    orders = sorted(arrival(rng) for _ in range(_STAFF_ORDERS))
    return Shopper(
        person=person,
        channel="direct",
        mailbox=email,
        accounts=[account],
        purchases=[Purchase(at, account) for at in orders],
        is_staff=True,
    )


def _register(shopper: Shopper, at: datetime, accounts: _Accounts, rng: Random) -> None:
    """Open the account, and buy with it; or first as a guest, or not at all."""
    person = shopper.person
    if rng.random() < _ONLY_LOOKS:
        shopper.accounts = [accounts.open(person.email, at)]
        return
    moments = [at, *_later(at, shopper.habit, shopper.habit.comes_back, rng)]
    guest_first = rng.random() < _GUEST_FIRST
    opened_at = _opened_at(moments, guest_first, rng)
    account = accounts.open(person.email, opened_at)
    shopper.accounts = [account]
    again = len(moments) > 2 and rng.random() < _SECOND_ACCOUNT
    reopened_from = rng.randrange(1, len(moments)) if again else len(moments)
    for nth, when in enumerate(moments):
        if nth == reopened_from and when > opened_at:
            account = accounts.open_again(person, when - timedelta(minutes=4))
            shopper.accounts.append(account)
        forgot = nth > 0 and rng.random() < _FORGETS_TO_SIGN_IN
        as_guest = when < account.created_at or forgot
        shopper.purchases.append(Purchase(when, None if as_guest else account))


def _opened_at(moments: Sequence[datetime], guest_first: bool, rng: Random) -> datetime:
    """Return when the account was opened: at the first order, before, or after."""
    at = moments[0]
    if guest_first:
        later = min(at + timedelta(days=rng.uniform(1, 40)), *moments[1:2], ENDS_AT)
        return later - timedelta(minutes=5)
    if rng.random() < _SIGNED_UP_EARLY:
        return max(at - timedelta(days=rng.uniform(0.1, 30)), STARTS_AT)
    return at - timedelta(minutes=rng.uniform(1, 15))


def _guest_visits(at: datetime, rng: Random) -> list[datetime]:
    return [at, *_later(at, HABITS["direct"], _GUEST_COMES_BACK, rng)]


def _later(
    at: datetime, habit: Habit, comes_back: float, rng: Random
) -> Iterator[datetime]:
    """Yield the orders after the first, until they lose interest or the time is up."""
    while rng.random() < comes_back:
        at += timedelta(days=1 + rng.expovariate(1 / habit.days_between))
        while quiet(at, rng):
            at += timedelta(days=rng.uniform(3, 20))
        if at >= ENDS_AT:
            return
        yield at
