"""Whatever happens to who is who, in whatever order: the ledger tells it, and undoes it.

Ledgers broken on purpose show that it would be noticed if ours were.
"""

import os
from collections.abc import Iterator
from unittest.mock import patch

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from psycopg.errors import RestrictViolation

from identity.ledger import events
from tests import make
from tests.identity.lives import RECORDS, Lives, TakesTooMuchBack

# A thousand take four minutes: LIVES=1000 lives them, each run of the suite a tenth.
TIMES = int(os.environ.get("LIVES", "100"))


@pytest.fixture
def lives(db: None) -> Iterator[None]:
    """Give the machine a shop of records that nobody has yet, and a steward."""
    system = make.system()
    Lives.steward = make.user(role="steward")
    Lives.shop = [make.record(of=system).pk for _ in range(RECORDS)]
    yield
    del Lives.steward, Lives.shop


def lived(times: int, machine: type[Lives] = Lives) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=times,
            stateful_step_count=10,
            deadline=None,
            phases=[Phase.generate],
            report_multiple_bugs=False,
        ),
    )


def test_whatever_happens_the_ledger_tells_it_and_undoes_it(lives):
    lived(4)


@pytest.mark.slow
def test_in_many_lives_the_ledger_tells_all_and_undoes_it(lives):
    lived(TIMES)


def test_a_ledger_that_takes_too_much_back_is_noticed(lives):
    with pytest.raises(AssertionError):
        lived(500, TakesTooMuchBack)


def test_a_ledger_that_forgets_whom_a_rule_merged_is_noticed(lives):
    def forget(changes, numbers):
        kept = [
            (change, number)
            for change, number in zip(changes, numbers, strict=True)
            if change.kind != "merged"
        ]
        whole([change for change, _ in kept], [number for _, number in kept])

    whole = events._write_moves

    with patch.object(events, "_write_moves", forget), pytest.raises(AssertionError):
        lived(100)


def test_a_ledger_that_writes_late_words_into_the_past_is_refused(lives):
    past = patch.object(events, "_next_moment", lambda at: at)

    with past, pytest.raises(RestrictViolation, match="The ledger goes forward"):
        lived(100)
