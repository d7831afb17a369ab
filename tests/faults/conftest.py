"""A night that is asked for, to be begun and killed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connections

from tests.faults.trials import Nights, ask_for_the_night
from tests.faults.workshop import Workshop


@pytest.fixture
def nights_to_kill(own_database: str, tmp_path: Path) -> Iterator[Nights]:
    ask_for_the_night()
    connections.close_all()
    with Workshop() as workshop:
        yield Nights(own_database, tmp_path, workshop)
