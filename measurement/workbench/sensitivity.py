"""Which columns may be shown as they are, and to whom the others are."""

from collections.abc import Iterable, Mapping

from governance import dictionary
from governance.models import FieldMapping, Kind, User, Version
from measurement.mapping.described import CONDITIONS

# Telling two people apart, or answering for somebody's data, takes the values themselves.
WHO_MAY_SEE = frozenset({"steward", "privacy"})

_OPEN = "none"


def may_see(user: User) -> bool:
    """Return whether the reader sees what says something of a person. One query."""
    return user.groups.filter(name__in=WHO_MAY_SEE).exists()


def of_fields() -> dict[str, str]:
    """Return how sensitive each field of the dictionary is, by its key."""
    fields = Version.objects.current().filter(kind=Kind.FIELD)
    return {each.key: str(each.body.get("sensitivity", "")) for each in fields}


def is_open(field: str, sensitivities: Mapping[str, str]) -> bool:
    """Return whether a field says nothing of a person; of an unknown one nobody knows."""
    return sensitivities.get(field) == _OPEN


def open_columns(
    mappings: Iterable[FieldMapping], sensitivities: Mapping[str, str]
) -> frozenset[str]:
    """Return the columns that fill fields, and only such as say nothing of a person."""
    told: set[str] = set()
    hidden: set[str] = set()
    for row in mappings:
        # What decides whether a row is one is shown nowhere, and hides nothing.
        if row.field in CONDITIONS:
            continue
        says_nothing = is_open(f"{row.entity}.{row.field}", sensitivities)
        (told if says_nothing else hidden).update(dictionary.columns_of(row.rule))
    return frozenset(told - hidden)
