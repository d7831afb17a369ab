"""The money of every month once more, slowly, in plain Python."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from tests.reporting.builds import Place
from tests.reporting.plain import Plain, Told, month_of, months, net, rounded, units
from tests.reporting.shops import Sale

type Month = tuple[int, int]


def readings(plain: Plain) -> dict[Place, Told]:
    """Return every reading by month, and of all months, under its metric and place."""
    if not plain.sales:
        return {}
    first = min(month_of(sale) for sale in plain.sales)
    paid_back = {_of(_paid_back_on(sale)) for sale in plain.sales if sale.refunds}
    shown = {None, *months(first, plain.until), *paid_back}
    return {
        (metric, each.place): told
        for each in (Sold(plain, month) for month in shown)
        for metric, told in each.told()
    }


@dataclass(frozen=True)
class Sold:
    """The sales of a month, or all of them."""

    plain: Plain
    month: Month | None

    @property
    def place(self) -> tuple[tuple[str, str], ...]:
        if self.month is None:
            return ()
        year, nth = self.month
        return (("month", f"{year:04}-{nth:02}"),)

    @property
    def sales(self) -> list[Sale]:
        return [s for s in self.plain.sales if self.month in (None, month_of(s))]

    @property
    def state(self) -> str:
        if self.month is None:
            return "sure"
        last = date(*self.month, monthrange(*self.month)[1])
        return "sure" if last <= self.plain.until else "immature"

    @property
    def n(self) -> int:
        return sum(sale.status != "credit" for sale in self.sales)

    def told(self) -> Iterator[tuple[str, Told]]:
        for metric, micros in self._sums().items():
            yield metric, (units(micros), self.n, None, None, self.state)
        yield from self._rates()
        yield from self._people()
        if self.month is not None and self.sales:
            value = sum(map(net, self.sales))
            yield "orders", self._count(self.n)
            yield "revenue", (units(value), self.n, None, None, self.state)
            yield "average_order_value", self._ratio(value, 10**6 * self.n)

    def _sums(self) -> dict[str, int]:
        sales, refunds = self.sales, sum(sum(sale.refunds) for sale in self.sales)
        paid_back = sum(
            sum(sale.refunds)
            for sale in self.plain.sales
            if self.month in (None, _of(_paid_back_on(sale)))
        )
        new, unknown = sum(map(net, self._first())), sum(map(net, self._unknown()))
        return {
            "gross": sum(sum(sale.lines) + discounts(sale) for sale in sales),
            "discounts": sum(map(discounts, sales)),
            "returns": sum(sum(sale.returns) for sale in sales),
            "refunds": refunds,
            "refunds_by_refund_date": paid_back,
            "refund_bridge": refunds - paid_back,
            "total_sales": sum(map(net, sales)),
            "costed_revenue": sum(map(net, self._costed())),
            "returning_revenue": sum(map(net, sales)) - new - unknown,
            "unknown_revenue": unknown,
        }

    def _rates(self) -> Iterator[tuple[str, Told]]:
        sums = self._sums()
        costed, paid = sums["costed_revenue"], sum(map(cost, self._costed()))
        yield (
            "margin",
            (units(costed - paid), self.n, None, None, self.state)
            if costed or paid
            else (None, self.n, None, None, "small"),
        )
        yield "margin_coverage", self._share(costed, sums["total_sales"])
        yield "discount_rate", self._share(sums["discounts"], sums["gross"])
        took = sums["total_sales"] + sums["refunds"]
        yield "refund_rate", self._share(sums["refunds"], took)

    def _people(self) -> Iterator[tuple[str, Told]]:
        new = self._first()
        yield "new_customers", self._count(len(new))
        value = units(sum(map(net, new)))
        yield "new_revenue", (value, len(new), None, None, self.state)
        if self.month is not None:
            again = sum(
                person.month < self.month and self.month in map(month_of, person.bought)
                for person in self.plain.people
            )
            yield "returning_customers", self._count(again)

    def _first(self) -> list[Sale]:
        firsts = [person.bought[0] for person in self.plain.people]
        return [sale for sale in self.sales if sale in firsts]

    def _unknown(self) -> list[Sale]:
        return [s for s in self.sales if self.plain.shop.person(s.by) is None]

    def _costed(self) -> list[Sale]:
        return list(filter(is_costed, self.sales))

    def _count(self, count: int) -> Told:
        return (rounded(Fraction(count)), count, None, None, self.state)

    def _share(self, part: int, whole: int) -> Told:
        if whole <= 0:
            return (None, self.n, None, None, "small")
        return self._ratio(part, whole)

    def _ratio(self, part: int, whole: int) -> Told:
        if self.n < self.plain.min_n:
            return (None, self.n, None, None, "small")
        return (rounded(Fraction(part, whole)), self.n, None, None, self.state)


def is_costed(sale: Sale) -> bool:
    return sale.unit_cost is not None or not (sale.lines or sale.returns)


def discounts(sale: Sale) -> int:
    return sum(sale.discounts[: len(sale.lines)])


def cost(sale: Sale) -> int:
    return (sale.unit_cost or 0) * (len(sale.lines) - len(sale.returns))


def _paid_back_on(sale: Sale) -> date:
    return sale.on + timedelta(days=40)


def _of(day: date) -> Month:
    return day.year, day.month
