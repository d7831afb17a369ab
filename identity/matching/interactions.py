"""What two comparisons say together, beyond what each says alone. Pure.

An equal mailbox speaks for one person, other first names against it; both together are a
couple. Answers say how much: until then such a pair of levels weighs nothing.
"""

from dataclasses import replace

from identity.matching.model import MISSING, Feature, Model, interaction

# Of whom a first name differs where all else agrees, there are two in one household.
NAMED = (
    ("first", "email"),
    ("first", "phone"),
    ("first", "street"),
    ("first", "birth"),
    ("first", "whose mailbox"),
    ("last", "street"),
    ("last", "email"),
    ("last", "phone"),
    ("email", "whose mailbox"),
)
_DIFFERS, _ALIKE, _EQUAL = 1, 2, 3


def with_interactions(model: Model) -> Model:
    """Return the model with every named interaction it lacks, which weigh nothing yet."""
    known = {feature.name: feature for feature in model.features}
    added = [
        made
        for one, other in NAMED
        if one in known
        and other in known
        and (made := _together(known[one], known[other])).name not in known
    ]
    return replace(
        model,
        features=(*model.features, *added),
        weights=(*model.weights, *((0.0,) * len(each.levels) for each in added)),
    )


def _together(one: Feature, other: Feature) -> Feature:
    """Return the interaction of how alike the two are, each in four steps.

    >>> levels = ("not known", "differs", "alike", "equal, rare", "equal")
    >>> both = _together(Feature("first", levels), Feature("email", levels))
    >>> both.name, both.levels[0], both.levels[-1]
    ('first × email', 'neither', 'first equal, email equal')
    """
    return interaction(f"{one.name} × {other.name}", _coarse(one), _coarse(other))


def _coarse(feature: Feature) -> tuple[Feature, tuple[int, ...], tuple[str, ...]]:
    equals = any(level.startswith("equal") for level in feature.levels)
    if not equals:
        # Levels of its own kind stay what they are.
        steps = tuple(range(len(feature.levels)))
        called = tuple(f"{feature.name} {level}" for level in feature.levels)
    else:
        steps = tuple(map(_step, feature.levels))
        called = tuple(
            f"{feature.name} {step}" for step in ("", "differs", "alike", "equal")
        )
    return feature, steps, ("", *called[1:])


def _step(level: str) -> int:
    if level == "not known":
        return MISSING
    if level == "differs":
        return _DIFFERS
    return _EQUAL if level.startswith("equal") else _ALIKE
