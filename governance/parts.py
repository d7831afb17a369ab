"""One entry of a definition: its type, its meaning, and its name as people read it. Pure."""

from dataclasses import dataclass
from typing import Any

_LABELS = {
    "min_n": "Least people",
    "window_days": "Window in days",
    "lookback_days": "Looks back, in days",
    "is_generated": "Made up",
    "generated_note": "What was made up",
    "needed_for": "Needed for",
    "rule": "Made from",
    "most_people": "Most people to a value",
    "most_surnames": "Most last names to a value",
    "most_values": "Most values to a person",
    "merges_with": "Joins unscored with",
    "is_unique": "Unique to a person",
    "in_household": "Shared at home",
    "consent": "Consent it needs",
}

_TYPES: dict[str, tuple[type, ...]] = {
    "text": (str,),
    "number": (int, float),
    "whole number": (int,),
    "yes or no": (bool,),
    "list": (list,),
    "table": (dict,),
    "rule": (str, dict),
}


@dataclass(frozen=True)
class Part:
    """One entry of a definition's body.

    ``default`` stands where it is not said; a part without one must be said.
    """

    name: str
    type: str
    meaning: str
    default: Any = None
    choices: tuple[str, ...] = ()
    # What the entries of a list are the names of, where they are chosen and not written.
    of: str = ""

    @property
    def is_needed(self) -> bool:
        return self.default is None

    def problem(self, value: Any) -> str | None:
        """Return what is wrong with a value, in words."""
        is_number = self.type in {"number", "whole number"}
        fits = isinstance(value, _TYPES[self.type])
        if not fits or (is_number and isinstance(value, bool)):
            return f"{self.name} is {value!r}; expected is a {self.type}."
        if self.is_needed and isinstance(value, str) and not value.strip():
            return f"{self.name} is empty: {self.meaning}"
        if self.type == "whole number" and value < 0:
            return f"{self.name} is {value}; nothing is counted below zero."
        if self.choices and value not in self.choices:
            return f"{self.name} is '{value}'; it is one of {', '.join(self.choices)}."
        return None


def label_of(name: str) -> str:
    """Return a part's name as people read it.

    >>> label_of("refund_calendar"), label_of("min_n")
    ('Refund calendar', 'Least people')
    """
    return _LABELS.get(name) or name.replace("_", " ").strip().capitalize()
