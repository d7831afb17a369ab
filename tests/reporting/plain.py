"""Every metric once more, slowly, in plain Python: the twin the SQL is compared with."""

import hashlib
from calendar import monthrange
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, localcontext
from fractions import Fraction

from tests.reporting import plain_attribution
from tests.reporting.builds import Place
from tests.reporting.shops import Sale, Shop, Touch

type Told = tuple[Decimal | None, int, Decimal | None, Decimal | None, str]


@dataclass
class Person:
    """A buyer: what they bought in order, and all sales, which credits are too."""

    bought: list[Sale]
    sales: list[Sale]
    channel: str
    campaign: str = ""

    @property
    def segment(self) -> str:
        return self.bought[0].segment

    @property
    def began(self) -> date:
        return self.bought[0].on

    @property
    def month(self) -> tuple[int, int]:
        return self.began.year, self.began.month

    def within(self, days: int) -> list[Sale]:
        end = self.began + timedelta(days=days)
        return [sale for sale in self.sales if self.began <= sale.on < end]

    def bought_within(self, days: int) -> list[Sale]:
        return [sale for sale in self.within(days) if sale in self.bought]


class Plain:
    """What a shop's readings should be."""

    def __init__(self, shop: Shop, system: str, min_n: int) -> None:
        self.shop = shop
        self._system = system
        self.min_n = min_n
        self.sales = [
            sale for sale in shop.sales if sale.status not in ("test", "cancelled")
        ]
        self.until = max((sale.on for sale in self.sales), default=date.min)
        self.people = self._people()

    def readings(self) -> dict[Place, Told]:
        """Return every reading under its metric and dimensions."""
        if not self.sales:
            return {}
        return {
            **self._counts(),
            **self._repeat_rate(90),
            **{
                place: told
                for days in (30, 60, 90, 365)
                for place, told in self._lifetime_value(days).items()
            },
            **self._cohorts(),
            **dict(plain_attribution.readings(self.shop, self.sales)),
        }

    def buyers(self) -> list[tuple[object, ...]]:
        return sorted(
            (
                person.channel,
                person.segment,
                person.began,
                person.bought[-1].on,
                len(person.bought),
                units(sum(map(net, person.sales))),
            )
            for person in self.people
        )

    def _people(self) -> list[Person]:
        by_name = defaultdict(list)
        for sale in self.sales:
            name = self.shop.person(sale.by)
            if name is not None:
                by_name[name].append(sale)
        people = []
        for name, sales in by_name.items():
            ordered = sorted(sales, key=self._rank)
            bought = [sale for sale in ordered if sale.status != "credit"]
            if bought:
                touch = self._first_touch(name, bought[0])
                channel, campaign = (
                    (touch.channel, touch.campaign) if touch else ("unattributed", "")
                )
                people.append(Person(bought, ordered, channel, campaign))
        return people

    def _first_touch(self, name: str, first: Sale) -> Touch | None:
        seen = [
            touch
            for touch in self.shop.touches
            if self.shop.person(touch.by) == name and touch.at <= first.at
        ]
        return min(seen, key=self._rank) if seen else None

    def _rank(self, one: Sale | Touch) -> tuple[object, ...]:
        digest = hashlib.md5(f"{self._system}/{one.id}".encode()).hexdigest()
        return one.at, int(digest[:15], 16)

    def _counts(self) -> dict[Place, Told]:
        told: dict[Place, Told] = {}
        theirs = [(person.channel, person.sales) for person in self.people]
        buyers = [sale for person in self.people for sale in person.sales]
        unknown = [sale for sale in self.sales if sale not in buyers]
        channels = {channel for channel, _ in theirs}
        if unknown:
            channels.add("unattributed")
        for channel in (None, *channels):
            people = [p for p in self.people if channel in (None, p.channel)]
            sales = [sale for person in people for sale in person.sales]
            if channel in (None, "unattributed"):
                sales += unknown
            took, cell = sum(map(net, sales)), _by(channel)
            n = sum(sale.status != "credit" for sale in sales)
            told["customers", cell] = _count(len(people))
            told["orders", cell] = _count(n)
            told["revenue", cell] = (units(took), n, None, None, "sure")
            told["average_order_value", cell] = (
                (None, n, None, None, "small")
                if n < self.min_n
                else (rounded(Fraction(took, 10**6 * n)), n, None, None, "sure")
            )
        return told

    def _repeat_rate(self, days: int) -> dict[Place, Told]:
        def judged(mature: list[Person]) -> tuple[Decimal, Decimal, Decimal]:
            back = sum(len(person.bought_within(days)) > 1 for person in mature)
            return (rounded(Fraction(back, len(mature))), *wilson(back, len(mature)))

        return self._of_the_mature("repeat_rate_90", days, judged)

    def _lifetime_value(self, days: int) -> dict[Place, Told]:
        def judged(
            mature: list[Person],
        ) -> tuple[Decimal, Decimal | None, Decimal | None]:
            spent = [sum(map(net, person.within(days))) for person in mature]
            return (rounded(Fraction(sum(spent), 10**6 * len(spent))), *around(spent))

        return self._of_the_mature(f"ltv_{days}", days, judged)

    def _of_the_mature(
        self,
        metric: str,
        days: int,
        judged: Callable[
            [list[Person]], tuple[Decimal, Decimal | None, Decimal | None]
        ],
    ) -> dict[Place, Told]:
        told: dict[Place, Told] = {}
        for channel in (None, *{person.channel for person in self.people}):
            people = [p for p in self.people if channel in (None, p.channel)]
            if not people:
                continue
            mature = [p for p in people if p.began + timedelta(days=days) <= self.until]
            n, place = len(mature), (metric, _by(channel))
            if n == 0:
                told[place] = (None, 0, None, None, "immature")
            elif n < self.min_n:
                told[place] = (None, n, None, None, "small")
            else:
                value, low, high = judged(mature)
                state = "sure" if n >= len(people) - n else "immature"
                told[place] = (value, n, low, high, state)
        return told

    def _cohorts(self) -> dict[Place, Told]:
        told: dict[Place, Told] = {}
        for month in {person.month for person in self.people}:
            cohort = [person for person in self.people if person.month == month]
            for segment in {"", *(person.segment for person in cohort)}:
                people = [p for p in cohort if segment in ("", p.segment)]
                label = f"{month[0]:04}-{month[1]:02}"
                told.update(self._cohort(label, segment, month, people))
        return told

    def _cohort(
        self, label: str, segment: str, first: tuple[int, int], people: list[Person]
    ) -> Iterator[tuple[Place, Told]]:
        n = len(people)
        cell = (("cohort", label), ("segment", segment))
        for nth, month in enumerate(months(first, self.until)):
            ended = date(*month, monthrange(*month)[1]) <= self.until
            state = "sure" if ended else "immature"
            if nth == 0:
                yield (
                    ("cohort_customers", cell),
                    (rounded(Fraction(n)), n, None, None, state),
                )
            came = sum(any(month_of(s) == month for s in p.bought) for p in people)
            so_far = sum(
                net(s) for p in people for s in p.sales if first <= month_of(s) <= month
            )
            for metric, value in (
                ("cohort_retention", Fraction(came, n)),
                ("cohort_value", Fraction(so_far, 10**6 * n)),
            ):
                yield (
                    (metric, tuple(sorted((*cell, ("month", nth))))),
                    (None, n, None, None, "small")
                    if n < self.min_n
                    else (rounded(value), n, None, None, state),
                )


def net(sale: Sale) -> int:
    return sum(sale.lines) - sum(sale.returns) - sum(sale.refunds)


def month_of(sale: Sale) -> tuple[int, int]:
    return sale.on.year, sale.on.month


def months(first: tuple[int, int], until: date) -> Iterable[tuple[int, int]]:
    year, month = first
    while (year, month) <= (until.year, until.month):
        yield year, month
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def _by(channel: str | None) -> tuple[tuple[str, str], ...]:
    return () if channel is None else (("channel", channel),)


def _count(n: int) -> Told:
    return (rounded(Fraction(n)), n, None, None, "sure")


def units(micros: int) -> Decimal:
    return rounded(Fraction(micros, 10**6))


def rounded(value: Fraction) -> Decimal:
    # ``round`` of a fraction goes to the even neighbour, exactly.
    return Decimal(round(value * 10**8)).scaleb(-8)


def wilson(successes: int, n: int) -> tuple[Decimal, Decimal]:
    z = Fraction(1959964, 10**6)
    middle = (successes + z * z / 2) / (n + z * z)
    under_root = Fraction(successes * (n - successes), n) + z * z / 4
    spread = z / (n + z * z) * root(under_root)
    return rounded(max(Fraction(0), middle - spread)), rounded(
        min(Fraction(1), middle + spread)
    )


def around(spent: list[int]) -> tuple[Decimal | None, Decimal | None]:
    n = len(spent)
    if n < 2:
        return None, None
    mean = Fraction(sum(spent), n)
    variance = sum((value - mean) ** 2 for value in spent) / (n - 1)
    spread = Fraction(1959964, 10**6) * root(variance / n)
    return rounded((mean - spread) / 10**6), rounded((mean + spread) / 10**6)


def root(value: Fraction) -> Fraction:
    with localcontext(prec=100):
        return Fraction((Decimal(value.numerator) / Decimal(value.denominator)).sqrt())
