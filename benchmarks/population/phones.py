"""Phone numbers of several countries, and the many ways one of them is written."""

from dataclasses import dataclass

import numpy as np

from benchmarks.population.names import Numbers, Texts


@dataclass(frozen=True)
class Country:
    """How a country's numbers begin, how long they are, and how large it is."""

    code: str
    share: float
    dialled: str
    trunk: str
    mobile: tuple[str, ...]
    landline: tuple[str, ...]
    digits: int
    street: str


# ruff: noqa: E501
COUNTRIES = (
    Country("DE", 0.34, "49", "0", ("151", "160", "171", "176"), ("30", "40", "89", "221"), 11, "{}straße"),
    Country("GB", 0.18, "44", "0", ("77", "78", "79", "74"), ("20", "121", "161", "131"), 10, "{} Street"),
    Country("US", 0.16, "1", "", ("212", "312", "415", "617"), ("213", "305", "512", "718"), 10, "{} Avenue"),
    Country("FR", 0.10, "33", "0", ("6", "7"), ("1", "2", "4", "5"), 9, "rue {}"),
    Country("NL", 0.06, "31", "0", ("6",), ("20", "10", "30", "40"), 9, "{}straat"),
    Country("AT", 0.05, "43", "0", ("664", "676", "699", "650"), ("1", "316", "732", "662"), 10, "{}gasse"),
    Country("IT", 0.05, "39", "", ("320", "333", "347", "389"), ("06", "02", "011", "055"), 10, "Via {}"),
    Country("ES", 0.04, "34", "", ("61", "62", "65", "69"), ("91", "93", "95", "96"), 9, "Calle {}"),
    Country("CH", 0.02, "41", "0", ("76", "77", "78", "79"), ("44", "22", "31", "61"), 9, "{}weg"),
)  # fmt: skip
CODES = np.array([country.code for country in COUNTRIES], dtype=object)


def numbers(
    rng: np.random.Generator, country: Numbers, *, landline: bool = False
) -> Texts:
    """Return a number for each: what follows the trunk zero, without a space."""
    found = np.empty(len(country), dtype=object)
    for index, rules in enumerate(COUNTRIES):
        here = np.flatnonzero(country == index)
        begins = rules.landline if landline else rules.mobile
        begun = rng.integers(0, len(begins), len(here))
        # Long enough for every beginning: what is too long is cut off again.
        rest = rng.integers(2 * 10**9, 10**10, len(here)).tolist()
        found[here] = [
            f"{begins[begin]}{digits}"[: rules.digits]
            for begin, digits in zip(begun.tolist(), rest, strict=True)
        ]
    return found


def written(rng: np.random.Generator, country: Numbers, national: Texts) -> Texts:
    """Return the numbers as people write them: with a prefix, a zero, spaces, slashes."""
    found = np.empty(len(country), dtype=object)
    style = rng.choice(5, size=len(country), p=[0.34, 0.3, 0.16, 0.1, 0.1])
    dialled = np.array([each.dialled for each in COUNTRIES], dtype=object)[country]
    trunk = np.array([each.trunk for each in COUNTRIES], dtype=object)[country]
    for kind in range(5):
        here = np.flatnonzero(style == kind)
        found[here] = [
            _in_style(kind, *parts)
            for parts in zip(dialled[here], trunk[here], national[here], strict=True)
        ]
    return found


def _in_style(kind: int, dialled: str, trunk: str, number: str) -> str:
    if kind == 0:
        return f"+{dialled}{number}"
    if kind == 1:
        return f"{trunk}{number}"
    if kind == 2:
        return f"+{dialled} {number[:3]} {number[3:6]} {number[6:]}"
    if kind == 3:
        return f"({trunk}{number[:3]}) {number[3:6]}-{number[6:]}"
    return f"00{dialled} {number[:3]}/{number[3:]}" if trunk else f"+{dialled}-{number}"
