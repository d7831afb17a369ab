"""Whether who is who is what was written and what people said, looked at every night."""

from identity import ledger, rows

_SHOWN = 5


class LinksDiffer(Exception):
    """Links say something else than the ledger they are made from."""


def refuse_other_links() -> None:
    """Stop where links are not what the ledger says: numbers would stand on neither.

    Raises:
        LinksDiffer: of at least one record they are not.
    """
    found = ledger.differing()
    if found:
        raise LinksDiffer(
            f"Of {_records(len(found))} the link is not what the ledger says: "
            f"{_some(found)}. Nothing of this step was kept. Find out what wrote links "
            f"past the ledger before the next night."
        )


def in_words() -> str:
    """Return whom somebody said to be two and who is one person; nothing, if nobody is."""
    found = rows.select("apart_but_one")
    if not found:
        return ""
    named = ", ".join(f"{left} and {right}" for left, right in found[:_SHOWN])
    return (
        f"Held apart, and one person all the same: {named}"
        f"{_more(len(found))}. Look at what joined them on the person's page."
    )


def _records(count: int) -> str:
    return "1 record" if count == 1 else f"{count:,} records"


def _some(found: list[int]) -> str:
    return ", ".join(map(str, found[:_SHOWN])) + _more(len(found))


def _more(count: int) -> str:
    return f" and {count - _SHOWN:,} more" if count > _SHOWN else ""
