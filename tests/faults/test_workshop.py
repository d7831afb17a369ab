"""Workers begun by the workshop: none is left when the tests are gone."""

from pathlib import Path

import pytest

from tests.databases import url
from tests.faults.trials import surroundings, wait
from tests.faults.workshop import Workshop

pytestmark = pytest.mark.slow


def test_no_worker_outlives_the_workshop(own_database, tmp_path):
    log = tmp_path / "worker.log"

    with Workshop(tmp_path) as workshop:
        worker = workshop.worker(log=log, **surroundings(url(), tmp_path))
        wait(lambda: log.exists() and "ready." in log.read_text())

    wait(lambda: not lives(worker))


def lives(process: int) -> bool:
    state = Path(f"/proc/{process}/stat")
    return state.exists() and state.read_text().rpartition(")")[2].split()[0] != "Z"
