"""A night to be begun and killed, again and again."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import databases
from tests.faults.trials import Nights
from tests.faults.workshop import Workshop

# On two cores more at once would wait for each other.
AT_ONCE = 3


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    """One for all tests of this process: what workers need is imported once."""
    with Workshop(tmp_path_factory.mktemp("workshop")) as workshop:
        yield workshop


@pytest.fixture(scope="session")
def databases_for_nights(
    django_db_setup: None, django_db_blocker: object, testrun_uid: str, worker_id: str
) -> Iterator[tuple[str, ...]]:
    """Every night begins by forgetting the one before it, so few are enough for all."""
    names = tuple(
        f"test_night_{testrun_uid[:8]}_{worker_id}_{number}"
        for number in range(AT_ONCE)
    )
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        for name in names:
            databases.copy(name)
    yield names
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        for name in names:
            databases.drop(name)


@pytest.fixture
def nights_to_kill(
    databases_for_nights: tuple[str, ...],
    django_db_blocker: object,
    tmp_path: Path,
    workshop: Workshop,
) -> Iterator[Nights]:
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        yield Nights(databases_for_nights, tmp_path, workshop)
