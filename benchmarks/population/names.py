"""The names people are given: few of them common, most of them rare."""

from dataclasses import dataclass
from functools import cache
from itertools import product
from random import Random

import numpy as np

type Texts = np.ndarray[tuple[int], np.dtype[np.object_]]
type Numbers = np.ndarray[tuple[int], np.dtype[np.int64]]


def _words(text: str) -> list[str]:
    return text.split()


_MEN = _words(
    "Michael Thomas Alexander Daniel David Peter Robert William James John Christian "
    "Andreas Stefan Martin Jan Paul Luca Marco Matthew Christopher Joseph Benjamin "
    "Samuel Nicholas Anthony Richard Edward Jonathan Timothy Frederick Lukas "
    "Maximilian Sebastian Florian Tobias Johannes Karl-Heinz Jürgen José Jean-Pierre "
    "François André Øyvind Łukasz Pieter Willem Giuseppe Francesco Antonio Manuel"
)
_WOMEN = _words(
    "Maria Anna Julia Sarah Laura Elizabeth Katharina Catherine Margaret Christina "
    "Susanne Barbara Jennifer Emily Emma Sophie Hannah Lena Patricia Deborah Rebecca "
    "Victoria Alexandra Stephanie Jessica Nicole Sandra Claudia Petra Sabine Monika "
    "Anne-Marie Anna-Lena Zoë Chloé Françoise Agnès Małgorzata Carmen Lucía Giulia "
    "Francesca Eleanor Samantha Kimberly Theresa Charlotte Josephine Amanda Pamela"
)
_FAMILIES = _words(
    "Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Smith "
    "Jones Taylor Brown Williams Wilson Johnson Davies Evans Thomas Roberts Martin "
    "Bernard Dubois Petit Durand Leroy Moreau Rossi Russo Ferrari Esposito Bianchi "
    "García Fernández González Rodríguez López Martínez Sánchez Pérez de-Vries Jansen "
    "Bakker Visser Smit Gruber Huber Bauer Steiner Keller Maier Nowak Kowalski Öztürk "
    "Yılmaz Nguyen Khan Ali Singh O'Brien McDonald Braun Zimmermann Krüger Hartmann "
    "Lange Werner Krause Lehmann Köhler Clark Lewis Walker Hall Young King Wright"
)
_SHORT = {
    "Michael": "Mike", "Thomas": "Tom", "Alexander": "Alex", "Daniel": "Dan",
    "Robert": "Bob", "William": "Bill", "James": "Jim", "Christopher": "Chris",
    "Joseph": "Joe", "Benjamin": "Ben", "Samuel": "Sam", "Nicholas": "Nick",
    "Anthony": "Tony", "Richard": "Rick", "Edward": "Ted", "Jonathan": "Jon",
    "Timothy": "Tim", "Frederick": "Fred", "Maximilian": "Max", "Johannes": "Hannes",
    "Francesco": "Franco", "Giuseppe": "Beppe", "Matthew": "Matt", "Andreas": "Andi",
    "Elizabeth": "Liz", "Katharina": "Kathi", "Catherine": "Kate", "Margaret": "Peggy",
    "Christina": "Tina", "Susanne": "Susi", "Barbara": "Barb", "Jennifer": "Jenny",
    "Deborah": "Debbie", "Rebecca": "Becky", "Victoria": "Vicky", "Alexandra": "Alex",
    "Stephanie": "Steffi", "Jessica": "Jess", "Patricia": "Pat", "Eleanor": "Nora",
    "Samantha": "Sam", "Kimberly": "Kim", "Theresa": "Tess", "Josephine": "Josie",
    "Amanda": "Mandy", "Pamela": "Pam", "Anna-Lena": "Anna", "Karl-Heinz": "Karl",
}  # fmt: skip
_BEGIN = _words(
    "a al an ar be ber bo bra ca cel da dal de do e el fa fe fi ga ge gi ha he hu i "
    "il ja jo ka ke ki la le li lo ma me mi mo na ne ni no o ol pa pe pi ra re ri ro "
    "sa se si so ta te ti to u va ve vi wa we za ze zo"
)
_MIDDLE = _words(
    "ba bel cin da der di dra fa gin ha ker la len li lo man mi na nor ra ri ro sa "
    "sel ta ter ti to va vin"
)
_ENDS_OF_MEN = _words("an ar bert do el en er ias in io is ko mir n o on rik s to us")
_ENDS_OF_WOMEN = _words(
    "a ana e elle ette ia ie ika ila ina ine is ita ka la na ra sa ta y"
)
_ENDS_OF_FAMILIES = _words(
    "ak auer berg berger elli er es et etti ez feld ford hart haus hof i ic ini ier "
    "ke ler ley mann mans more oglu on ov rich sen ski son stein stra ton well wood"
)
_STREETS = _words("Bahnhof Garten Haupt Kirch Linden Mühlen Park Rosen Schiller Wald")
# From what stands over ä, ö and ç to what people type into an address.
PLAIN = str.maketrans({
    "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "é": "e", "è": "e", "ë": "e", "í": "i",
    "á": "a", "ó": "o", "ç": "c", "ł": "l", "ø": "o", "ı": "i", "'": "", "-": "", " ": "",
})  # fmt: skip


@dataclass(frozen=True)
class Names:
    """Every name there is: how it is written, how in an address, and how often."""

    first: Texts
    first_plain: Texts
    short: Texts
    women_from: int
    last: Texts
    last_plain: Texts
    streets: Texts
    cities: Texts

    def firsts(self, rng: np.random.Generator, is_woman: np.ndarray) -> Numbers:
        """Return a first name for each."""
        men = _drawn(rng, self.women_from, len(is_woman), 1.05, 5)
        women = _drawn(rng, len(self.first) - self.women_from, len(is_woman), 1.05, 5)
        return np.where(is_woman, women + self.women_from, men)

    def lasts(self, rng: np.random.Generator, count: int) -> Numbers:
        """Return that many last names, the common ones as often as in a phone book."""
        return _drawn(rng, len(self.last), count, 0.95, 20)


@cache
def names() -> Names:
    """Return the names: the same ones whatever the seed of a population."""
    men = _MEN + _made(2_000, _BEGIN, _MIDDLE, _ENDS_OF_MEN, known=_MEN)
    women = _WOMEN + _made(2_000, _BEGIN, _MIDDLE, _ENDS_OF_WOMEN, known=_WOMEN)
    first = men + women
    last = _FAMILIES + _made(
        40_000, _BEGIN, _MIDDLE, _ENDS_OF_FAMILIES, known=_FAMILIES
    )
    last = [name.replace("-", " ") if name.islower() else name for name in last]
    streets = _STREETS + _made(6_000, _BEGIN, _MIDDLE, ["s", "n", "er", ""], known=())
    cities = _made(3_000, _BEGIN, _MIDDLE, ["stadt", "burg", "ton", "ville"], known=())
    return Names(
        first=_texts(first),
        first_plain=_texts([name.lower().translate(PLAIN) for name in first]),
        short=_texts([_SHORT.get(name, "") for name in first]),
        women_from=len(men),
        last=_texts(last),
        last_plain=_texts([name.lower().translate(PLAIN) for name in last]),
        streets=_texts(streets),
        cities=_texts(cities),
    )


def _made(
    count: int,
    begin: list[str],
    middle: list[str],
    end: list[str],
    *,
    known: tuple[str, ...] | list[str],
) -> list[str]:
    short = ("".join(parts).title() for parts in product(begin, end))
    long = ("".join(parts).title() for parts in product(begin, middle, end))
    every = sorted({*short, *long} - set(known))
    return Random(count).sample(every, min(count, len(every)))


def _drawn(
    rng: np.random.Generator, names: int, count: int, slope: float, flat: int
) -> Numbers:
    """Draw by a law in which the second name is nearly as common as the first."""
    weight = 1 / (np.arange(names) + 1 + flat) ** slope
    edges = np.cumsum(weight) / weight.sum()
    found = np.searchsorted(edges, rng.random(count))
    return np.minimum(found, names - 1).astype(np.int64)


def _texts(values: list[str]) -> Texts:
    return np.array(values, dtype=object)
