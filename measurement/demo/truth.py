"""Who each record really is. Kept to score identity with; never loaded as a source."""

from pathlib import Path
from typing import NamedTuple

from measurement.demo.people import Person
from measurement.demo.writing import write_csv

TRUTH = "truth.csv"


class Known(NamedTuple):
    """One record of one system is one person."""

    system: str
    record_id: str
    person: str


class Truth:
    """Collects who was behind each record while the files are made."""

    def __init__(self) -> None:
        self._people: dict[tuple[str, str], str] = {}

    def add(self, system: str, record_id: str, person: Person) -> None:
        """Remember one record.

        Raises:
            ValueError: the record was said to be somebody else before.
        """
        before = self._people.setdefault((system, record_id), person.key)
        if before != person.key:
            raise ValueError(
                f"Record {record_id} of {system} is {before} and cannot be "
                f"{person.key} as well. Give the second one an id of its own."
            )

    def write(self, folder: Path) -> None:
        """Write one row per record, in the order of systems and ids."""
        rows = (Known(*key, person) for key, person in sorted(self._people.items()))
        write_csv(folder / TRUTH, Known._fields, rows)
