"""How soon people come back once more, slowly, in plain Python."""

from collections.abc import Iterator
from decimal import Decimal, localcontext
from fractions import Fraction

from tests.reporting.builds import Place
from tests.reporting.plain import Person, Plain, Told, rounded

_Z = Decimal("1.959964")


def readings(plain: Plain) -> Iterator[tuple[Place, Told]]:
    """Yield every reading under its metric and place."""
    channels = {person.channel for person in plain.people}
    segments = {person.segment for person in plain.people} - {""}
    groups = {
        (): plain.people,
        **{
            (("channel", c),): [p for p in plain.people if p.channel == c]
            for c in channels
        },
        **{
            (("segment", s),): [p for p in plain.people if p.segment == s]
            for s in segments
        },
    }
    for place, people in groups.items() if plain.people else ():
        for days in (30, 60, 90, 180, 365):
            told = _within(people, days, plain)
            yield (f"repeat_within_{days}", place), told
        for quarter in (25, 50):
            yield (f"days_to_second_{quarter}", place), _until(people, quarter, plain)


def _followed(person: Person, plain: Plain) -> tuple[int, bool]:
    """Return for how many days a person was followed, and whether they came back then."""
    came_back = len(person.bought) > 1
    last = person.bought[1].on if came_back else plain.until
    return (last - person.began).days, came_back


def _steps(
    people: list[Person], plain: Plain
) -> Iterator[tuple[int, Fraction, Fraction]]:
    """Yield each day somebody came back: who is away since, and Greenwood's sum."""
    followed = [_followed(person, plain) for person in people]
    away, variance = Fraction(1), Fraction(0)
    for day in sorted({day for day, came_back in followed if came_back}):
        at_risk = sum(known >= day for known, _ in followed)
        back = followed.count((day, True))
        away *= Fraction(at_risk - back, at_risk)
        if at_risk > back:
            variance += Fraction(back, at_risk * (at_risk - back))
        yield day, away, variance


def _within(people: list[Person], days: int, plain: Plain) -> Told:
    n = len(people)
    if n < plain.min_n:
        return (None, n, None, None, "small")
    if not people or max(_followed(one, plain)[0] for one in people) < days - 1:
        return (None, n, None, None, "immature")
    low = high = share = Decimal(0).scaleb(-8)
    for day, away, variance in _steps(people, plain):
        if day < days:
            share = rounded(1 - away)
            low, high = _interval(away, variance)
    return (share, n, low, high, "sure")


def _until(people: list[Person], percent: int, plain: Plain) -> Told:
    n = len(people)
    if n < plain.min_n:
        return (None, n, None, None, "small")
    for day, away, _ in _steps(people, plain):
        if rounded(1 - away) >= Decimal(percent) / 100:
            return (rounded(Fraction(day)), n, None, None, "sure")
    return (None, n, None, None, "immature")


def _interval(away: Fraction, variance: Fraction) -> tuple[Decimal, Decimal]:
    if not away:
        return rounded(Fraction(1)), rounded(Fraction(1))
    with localcontext(prec=80):
        log = (Decimal(away.numerator) / away.denominator).ln()
        root = (Decimal(variance.numerator) / variance.denominator).sqrt()
        spread = (_Z * root / abs(log)).exp()
        low, high = 1 - (log / spread).exp(), 1 - (log * spread).exp()
        return rounded(Fraction(low)), rounded(Fraction(high))
