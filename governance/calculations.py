"""Who reads a field: asked of the apps that compute with it.

Governance knows no calculation. An app that has some registers them; from what it says
and from the approved mappings the dictionary follows a column to the pages on which it
shows, and a number back to the columns it was made of.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

# What a campaign rule looks at; who reads one of them reads the rules.
TAGS = frozenset(
    {
        "event.utm_source",
        "event.utm_medium",
        "event.utm_campaign",
        "event.referrer",
    }
)

type Fields = frozenset[str]


@dataclass(frozen=True)
class Page:
    """A page that shows a KPI."""

    title: str
    address: str


class Calculations(Protocol):
    """What an app reads to compute its numbers, and where it shows them."""

    def reads(self) -> Mapping[str, Fields]:
        """Return the fields each calculation reads, by its key."""

    def made_from(self) -> Mapping[str, Fields]:
        """Return what each field that no source says is worked out from."""

    def pages(self, kpi: str) -> Sequence[Page]:
        """Return the pages that show the KPI."""


_known: list[Calculations] = []


def register(calculations: Calculations) -> None:
    """Ask this app too."""
    if not any(type(known) is type(calculations) for known in _known):
        _known.append(calculations)


def readers(fields: Iterable[str]) -> dict[str, Fields]:
    """Return the calculations that read any of the fields, and through which of theirs.

    A calculation that reads an amount worked out from another one reads that one too,
    through the first.
    """
    wanted = frozenset(fields)
    found: dict[str, Fields] = {}
    for each in _known:
        said = each.reads()
        leading = {
            field
            for field in frozenset().union(*said.values())
            if wanted & {field, *origins_of(field)}
        }
        for formula, reads in said.items():
            if read := reads & leading:
                found[formula] = found.get(formula, frozenset()) | read
    return found


def read_by(formula: str) -> Fields:
    """Return the fields a calculation reads itself."""
    return frozenset().union(*(each.reads().get(formula, ()) for each in _known))


def every_field() -> Fields:
    """Return every field that some calculation reads, itself or through others."""
    read = {field for each in _known for one in each.reads().values() for field in one}
    return frozenset(read).union(*map(origins_of, read))


def made_from(field: str) -> Fields:
    """Return what the field is worked out from; nothing, where sources say it."""
    return frozenset().union(*(each.made_from().get(field, ()) for each in _known))


def made_with(field: str) -> Fields:
    """Return the fields that are worked out from this one."""
    return frozenset(
        name
        for each in _known
        for name, origins in each.made_from().items()
        if field in origins
    )


def origins_of(field: str) -> Fields:
    """Return what the field is worked out from, step by step, itself left out."""
    found: set[str] = set()
    ahead = [field]
    while ahead:
        new = made_from(ahead.pop()) - found - {field}
        found |= new
        ahead += new
    return frozenset(found)


def pages(kpi: str) -> list[Page]:
    """Return the pages that show the KPI."""
    return [page for each in _known for page in each.pages(kpi)]
