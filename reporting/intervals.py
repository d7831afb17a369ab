"""How sure a number is, from the counts and exact sums behind it. Pure.

Everything is ``Decimal``: the same counts give the same digits on every machine.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from typing import NamedTuple

# Two-sided 95 %.
Z = Decimal("1.959964")

MICROS = 1_000_000
_PLACES = Decimal("0.00000001")
_EXACT = Context(prec=80)


class Interval(NamedTuple):
    """The value lies between these in 95 of 100 cases."""

    low: Decimal
    high: Decimal


def money(micros: int) -> Decimal:
    """Return millionths of a currency unit as units.

    >>> money(12_500_000)
    Decimal('12.50000000')
    """
    return ratio(micros, MICROS)


def ratio(part: int | Decimal, whole: int | Decimal) -> Decimal:
    """Return the part divided by the whole, to eight places.

    >>> ratio(1, 3)
    Decimal('0.33333333')
    """
    with localcontext(_EXACT):
        return _rounded(Decimal(part) / Decimal(whole))


def wilson(successes: int, n: int) -> Interval:
    """Return the Wilson score interval of a share; it never leaves 0 to 1.

    >>> wilson(25, 50)
    Interval(low=Decimal('0.36644514'), high=Decimal('0.63355486'))
    """
    with localcontext(_EXACT):
        share = Decimal(successes) / n
        square = Z * Z
        centre = share + square / (2 * n)
        spread = Z * (share * (1 - share) / n + square / (4 * n * n)).sqrt()
        scale = 1 + square / n
        low = max(Decimal(0), (centre - spread) / scale)
        high = min(Decimal(1), (centre + spread) / scale)
        return Interval(_rounded(low), _rounded(high))


def mean(total: int, squares: int, n: int) -> Interval | None:
    """Return the normal interval of a mean, in the values' unit; of one value, none.

    ``total`` is the sum of the values in millionths, ``squares`` that of their squares.

    >>> mean(total=30_000_000, squares=500_000_000_000_000, n=2)
    Interval(low=Decimal('5.20018000'), high=Decimal('24.79982000'))
    """
    if n < 2:
        return None
    with localcontext(_EXACT):
        average = Decimal(total) / n
        variance = (Decimal(squares) * n - Decimal(total) ** 2) / (n * (n - 1))
        spread = Z * (variance / n).sqrt()
        return Interval(
            _rounded((average - spread) / MICROS), _rounded((average + spread) / MICROS)
        )


@dataclass(frozen=True, slots=True)
class Squares:
    """Sums over people of what two numbers of theirs are times themselves and each other."""

    part: int
    product: int
    whole: int


def quotient(part: int, whole: int, squares: Squares, n: int) -> Interval | None:
    """Return the normal interval of one sum by another, both over the same ``n`` people.

    Both vary from person to person: the variance is that of the linearised quotient
    (Cochran, Sampling Techniques, 6.4). Of one person, or of nothing, there is none.

    >>> quotient(2, 8, Squares(part=2, product=8, whole=34), n=2)
    Interval(low=Decimal('0.12750225'), high=Decimal('0.37249775'))
    """
    if n < 2 or whole <= 0:
        return None
    with localcontext(_EXACT):
        share = Decimal(part) / whole
        apart = squares.part - 2 * share * squares.product + share**2 * squares.whole
        spread = Z * (max(Decimal(0), apart) * n / (n - 1)).sqrt() / whole
        return Interval(_rounded(share - spread), _rounded(share + spread))


def _rounded(value: Decimal) -> Decimal:
    # Zero has a sign in Decimal; a reader should not see "-0".
    return value.quantize(_PLACES, rounding=ROUND_HALF_EVEN) + 0
