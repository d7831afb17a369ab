"""What kind of customers came once more, slowly, in plain Python."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

from tests.reporting.builds import Place
from tests.reporting.plain import (
    Person,
    Plain,
    Told,
    around,
    net,
    root,
    rounded,
    wilson,
)
from tests.reporting.plain_money import cost, discounts, is_costed

# Of a person, by what a number is told of them.
type Pair = tuple[int, int]
type Where = tuple[tuple[str, str], ...]


def readings(plain: Plain) -> Iterator[tuple[Place, Told]]:
    """Yield every reading under its metric and place."""
    if not plain.people:
        return
    for place, people in groups(plain).items():
        n = len(people)
        yield ("buyers", place), (rounded(Fraction(n)), n, None, None, "sure")
        for metric, told in _back(people, plain):
            yield (metric, place), told
        for metric, said in _money(people, plain):
            if said is not None:
                yield (metric, place), said


def groups(plain: Plain) -> dict[Where, list[Person]]:
    """Return everybody, and the people of each channel, campaign and segment."""
    found: dict[Where, list[Person]] = {(): plain.people}
    for name in ("channel", "campaign", "segment"):
        for value in {getattr(person, name) for person in plain.people} - {""}:
            found[((name, value),)] = [
                person for person in plain.people if getattr(person, name) == value
            ]
    return found


def _back(people: list[Person], plain: Plain) -> Iterator[tuple[str, Told]]:
    for metric, days, is_back in (
        ("one_time_share", 180, False),
        ("repeat_of_buyers_90", 90, True),
    ):
        mature = [p for p in people if p.began + timedelta(days=days) <= plain.until]
        n = len(mature)
        if not n:
            yield metric, (None, 0, None, None, "immature")
        elif n < plain.min_n:
            yield metric, (None, n, None, None, "small")
        else:
            count = sum((len(p.bought_within(days)) > 1) == is_back for p in mature)
            state = "sure" if n >= len(people) - n else "immature"
            yield metric, (rounded(Fraction(count, n)), n, *wilson(count, n), state)


def _money(people: list[Person], plain: Plain) -> Iterator[tuple[str, Told | None]]:
    def said(n: int, value: Fraction, *between: Decimal | None) -> Told:
        if n < plain.min_n:
            return (None, n, None, None, "small")
        low, high = between or (None, None)
        return (rounded(value), n, low, high, "sure")

    def share(pairs: list[Pair]) -> Told | None:
        part, whole = (sum(each) for each in zip(*pairs, strict=True))
        if whole <= 0:
            return None
        return said(len(pairs), Fraction(part, whole), *_quotient(pairs))

    n, nets, costed = (
        len(people),
        [_net(p) for p in people],
        [_costed(p) for p in people],
    )
    margins = [_margin(person) for person in people]
    yield "net_of_buyers", said(n, Fraction(sum(nets), 10**6))
    yield "returns_of_buyers", said(n, Fraction(sum(map(_given_back, people)), 10**6))
    yield "refund_rate_of_buyers", share(list(map(_refunded, people)))
    yield "discount_rate_of_buyers", share(list(map(_discounted, people)))
    yield "margin_rate_of_buyers", share(list(zip(margins, costed, strict=True)))
    known = sum(costed) or sum(margins)
    yield "margin_of_buyers", said(n, Fraction(sum(margins), 10**6)) if known else None
    coverage = Fraction(sum(costed), sum(nets)) if sum(nets) > 0 else None
    yield "margin_coverage_of_buyers", None if coverage is None else said(n, coverage)
    whole = [m for m, c, of in zip(margins, costed, nets, strict=True) if c == of]
    yield (
        "margin_per_buyer",
        said(len(whole), Fraction(sum(whole), 10**6 * len(whole)), *around(whole))
        if whole
        else None,
    )


def _net(person: Person) -> int:
    return sum(map(net, person.sales))


def _costed(person: Person) -> int:
    return sum(net(sale) for sale in person.sales if is_costed(sale))


def _margin(person: Person) -> int:
    return sum(net(sale) - cost(sale) for sale in person.sales if is_costed(sale))


def _given_back(person: Person) -> int:
    return sum(sum(sale.returns) + sum(sale.refunds) for sale in person.sales)


def _refunded(person: Person) -> Pair:
    refunds = sum(sum(sale.refunds) for sale in person.sales)
    return refunds, _net(person) + refunds


def _discounted(person: Person) -> Pair:
    given = sum(map(discounts, person.sales))
    return given, sum(sum(sale.lines) for sale in person.sales) + given


def _quotient(pairs: list[Pair]) -> tuple[Decimal | None, Decimal | None]:
    """Return the interval of a quotient from what each person is away from it."""
    n = len(pairs)
    if n < 2:
        return None, None
    whole = sum(each for _, each in pairs)
    share = Fraction(sum(part for part, _ in pairs), whole)
    apart = sum((part - share * each) ** 2 for part, each in pairs)
    spread = Fraction(1959964, 10**6) * root(apart * n / (n - 1)) / whole
    return rounded(share - spread), rounded(share + spread)
