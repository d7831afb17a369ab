"""The models that share a sale out among the channels that led to it, and their terms."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import Any

from governance.taxonomy import OTHER, UNATTRIBUTED, Rule
from reporting.attribution.markov import LOST, SOLD, START

# Calculations that look at one sale at a time; each is a column of ``facts/credits``.
RULES = (
    "first_touch",
    "last_touch",
    "last_non_direct",
    "linear",
    "position_based",
    "time_decay",
    "shapley",
)
# Looks at all journeys together.
MARKOV = "markov"
FORMULAS = (*RULES, MARKOV)
# Says by which channel a buyer came at all, and shares out nothing.
ACQUISITION = "acquisition"

# Spend that belongs to no channel we know.
UNPLACED = "unplaced"

# Who came by it typed our address: what made them do so came before.
DIRECT = "direct"

# A touch of the very moment weighs so much, and none less than 1: halves are whole numbers
# then, the same on every engine.
FRESHEST = 4096
_HALVINGS = 13

_DAY = 86_400_000_000
# Longer ago than any touch.
_EVER = 40_000 * _DAY

# More do not fit beside a moment in the engine's whole numbers.
MOST_CHANNELS = 1023


class TooManyChannels(Exception):
    """There are more channels than a touch's number can tell apart."""


@dataclass(frozen=True, slots=True)
class Model:
    """One way of sharing out the credit, as it was agreed.

    ``lookback_days`` is how old a touch may be; 0: however old.
    """

    key: str
    formula: str
    version: str = "1"
    name: str = ""
    meaning: str = ""
    lookback_days: int = 30
    half_life_days: int = 7
    first_share: int = 40
    last_share: int = 40
    is_primary: bool = False

    @property
    def title(self) -> str:
        """Return what it is called.

        >>> Model("last_touch", "last_touch").title
        'Last touch'
        """
        return self.name or self.key.replace("_", " ").capitalize()

    @property
    def terms(self) -> "Terms":
        """Return what the calculation is given."""
        return Terms(
            self.lookback_days, self.half_life_days, self.first_share, self.last_share
        )


@dataclass(frozen=True, slots=True, order=True)
class Terms:
    """What rules that look at the same touches in the same way have in common."""

    lookback_days: int
    half_life_days: int
    first_share: int
    last_share: int


# A table for the engine: its columns with their types, and its rows.
type Given = tuple[Mapping[str, str], Sequence[Sequence[object]]]


def tables(models: Sequence[Model], channels: Sequence[str]) -> dict[str, Given]:
    """Return what the statements are told of the models and channels, table by table."""
    terms = sorted({model.terms for model in models})
    followed = {model.terms for model in models if model.formula == MARKOV}
    return {
        "models": (
            _MODELS,
            [
                (one.key, one.formula, int(one.is_primary), terms.index(one.terms))
                for one in models
            ],
        ),
        "lookbacks": (
            _LOOKBACKS,
            [
                (
                    nth,
                    each.lookback_days * _DAY or _EVER,
                    each.half_life_days,
                    each.first_share,
                    each.last_share,
                    int(each in followed),
                )
                for nth, each in enumerate(terms)
            ],
        ),
        "freshness": (
            dict.fromkeys(("half_life", "age", "weight"), "bigint"),
            sorted({row for each in terms for row in _freshness(each)}),
        ),
        "channels": (_CHANNELS, list(_places(channels))),
    }


_MODELS = {
    "model": "varchar",
    "formula": "varchar",
    "is_primary": "bigint",
    "lookback": "bigint",
}
_LOOKBACKS = {
    "lookback": "bigint",
    "microseconds": "bigint",
    "half_life": "bigint",
    "first_share": "bigint",
    "last_share": "bigint",
    # Whether somebody wants to know from where to where journeys went.
    "is_followed": "bigint",
}
_CHANNELS = {"place": "bigint", "channel": "varchar", "told": "bigint"}


def channels_of(rules: Iterable[Rule]) -> tuple[str, ...]:
    """Return every channel that a touch may have come by, in alphabetical order."""
    return tuple(sorted({OTHER, *(rule.channel for rule in rules)} - {UNATTRIBUTED}))


def weight(age: int, half_life: int) -> int:
    """Return what a touch so many whole days before its sale weighs.

    >>> weight(0, 7), weight(7, 7), weight(14, 7), weight(1000, 7)
    (4096, 2048, 1024, 1)
    """
    with localcontext(prec=40):
        exact = FRESHEST * Decimal(2) ** (Decimal(-age) / half_life)
        return max(1, int(exact.quantize(Decimal(1), rounding=ROUND_HALF_EVEN)))


def _freshness(terms: Terms) -> Iterator[tuple[int, int, int]]:
    """Yield the weight of each age that may be asked for; older touches weigh 1."""
    oldest = terms.half_life_days * _HALVINGS
    if terms.lookback_days:
        oldest = min(oldest, terms.lookback_days)
    for age in range(oldest):
        yield terms.half_life_days, age, weight(age, terms.half_life_days)


def _places(channels: Sequence[str]) -> Iterator[tuple[int, str, int]]:
    if len(channels) > MOST_CHANNELS:
        raise TooManyChannels(
            f"Campaign rules name {len(channels)} channels; credit can be shared out among "
            f"{MOST_CHANNELS}. Join some of them."
        )
    # How journeys begin and end stands beside where they lead.
    yield from ((-1, START, 0), (-2, SOLD, 0), (-3, LOST, 0))
    yield 0, UNATTRIBUTED, 0
    for place, channel in enumerate(channels, start=1):
        yield place, channel, int(channel != DIRECT)


# What the code has while no model was agreed on.
DEFAULTS = tuple(
    Model(formula, formula, is_primary=formula == "position_based")
    for formula in FORMULAS
)


def of_body(key: str, version: str, body: Mapping[str, Any]) -> Model:
    """Return the model that a definition of the registry describes."""
    given = body["parameters"]
    return Model(
        key=key,
        formula=body["formula"],
        version=version,
        name=body["name"],
        meaning=body["meaning"],
        lookback_days=body["lookback_days"],
        half_life_days=given.get("half_life_days", 7),
        first_share=given.get("first_share", 40),
        last_share=given.get("last_share", 40),
        is_primary=bool(given.get("primary", False)),
    )


def in_order(models: Iterable[Model]) -> tuple[Model, ...]:
    """Return those that can be computed, the primary one first; of none, all the code has.

    What was agreed before one had to be primary says of none that it is: then the first is.
    """
    found = [one for one in models if not problem(one)] or list(DEFAULTS)
    found.sort(
        key=lambda one: (not one.is_primary, FORMULAS.index(one.formula), one.key)
    )
    return (replace(found[0], is_primary=True), *found[1:])


def problem(model: Model) -> str:
    """Return in words why nothing can be computed on these terms; or nothing."""
    if model.formula not in FORMULAS:
        return f"there is no calculation '{model.formula}'; there are {', '.join(FORMULAS)}."
    terms = (model.half_life_days, model.first_share, model.last_share)
    if not all(type(each) is int for each in terms):
        return "half_life_days, first_share and last_share are whole numbers."
    if not 0 <= model.lookback_days <= 3650:
        return "lookback_days is a number of days up to 3650; 0 is however long ago."
    if not 1 <= model.half_life_days <= 365:
        return "half_life_days is a number of days from 1 to 365."
    shares = (model.first_share, model.last_share)
    if min(shares) < 1 or sum(shares) > 100:
        return (
            "first_share and last_share are percentages from 1, together at most 100: "
            "what is left belongs to the touches between."
        )
    return ""
