"""A night to be begun and killed, again and again."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import databases
from tests.faults.trials import Nights
from tests.faults.workshop import Workshop

# On two cores more at once would wait for each other.
AT_ONCE = 3


@pytest.fixture
def nights_to_kill(own_database: str, tmp_path: Path) -> Iterator[Nights]:
    names = tuple(f"{own_database}_{number}" for number in range(AT_ONCE))
    for name in names:
        databases.copy(name)
    with Workshop(tmp_path) as workshop:
        yield Nights(names, tmp_path, workshop)
    for name in names:
        databases.drop(name)
