"""Give every real household somebody who holds its account."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from measurement.demo.journey.baskets import Basket, Panel
from measurement.demo.people import People, Person
from measurement.demo.truth import Truth

# Who first bought in the panel's first month was a customer long before it began.
_PANEL_SETTLED = datetime(2017, 2, 1, tzinfo=UTC)
_OLDEST_ACCOUNT = datetime(2013, 3, 1, tzinfo=UTC)
_NEWEST_OLD_ACCOUNT = datetime(2016, 11, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Resident:
    """A real household and the made-up person who holds its account."""

    household_id: str
    person: Person
    created_at: datetime
    baskets: Sequence[Basket]
    composition: str | None
    in_crm: bool

    @property
    def already_customer(self) -> bool:
        """Say whether the household bought before the panel began, as most did."""
        return self.created_at <= _NEWEST_OLD_ACCOUNT

    @property
    def bought_at(self) -> list[datetime]:
        """Return when the household bought, oldest first."""
        return [basket.at for basket in self.baskets]


@dataclass(frozen=True, slots=True)
class Residents:
    """Everybody who holds an account, and the maker of whoever else is needed."""

    all: Sequence[Resident]
    people: People


def settle(panel: Panel, *, seed: int, truth: Truth) -> Residents:
    """Return one resident per household, in the order of household ids."""
    rng = Random(f"{seed} journey residents")
    people = People(rng, prefix="J", with_phone=0.85)
    residents = []
    for household_id, baskets in panel.baskets.items():
        person = people.make("US")
        truth.add("journey_shop", household_id, person)
        residents.append(
            Resident(
                household_id=household_id,
                person=person,
                created_at=_created_at(baskets[0].at, rng),
                baskets=baskets,
                composition=panel.composition.get(household_id),
                in_crm=household_id in panel.in_crm,
            )
        )
    return Residents(residents, people)


def _created_at(first: datetime, rng: Random) -> datetime:
    if first < _PANEL_SETTLED:
        span = _NEWEST_OLD_ACCOUNT - _OLDEST_ACCOUNT
        return _OLDEST_ACCOUNT + timedelta(
            seconds=int(span.total_seconds() * rng.random())
        )
    return first - timedelta(minutes=rng.randrange(5, 14 * 24 * 60))
