"""Two stewards at once: the second waits, and sees what the first has done."""

import threading
from collections.abc import Callable
from itertools import batched

import pytest
from django.db import connection

from governance.models import User
from identity import ledger
from identity.models import Merge
from tests import make
from tests.identity.settled import day

TRIES = 200


@pytest.mark.slow
def test_in_200_tries_two_merges_into_one_person_leave_one_person(own_database):
    steward = make.user(role="steward")
    tries = everybody(TRIES)

    ends = in_two_threads(
        [lambda two=(one, two): merged(two, steward) for one, two, _ in tries],
        [lambda two=(one, three): merged(two, steward) for one, _, three in tries],
    )

    owner = ledger.graph().as_dict()
    wrong = [three for three in tries if len({owner[each] for each in three}) != 1]
    assert wrong == []
    assert ends == [[1] * TRIES] * 2
    assert Merge.objects.count() == 2 * TRIES
    assert ledger.differing() == ledger.overlapping() == []


@pytest.mark.slow
def test_in_200_tries_the_same_merge_sent_twice_is_done_once(own_database):
    steward = make.user(role="steward")
    tries = everybody(TRIES)

    ends = in_two_threads(
        *[[lambda two=(one, two): merged(two, steward) for one, two, _ in tries]] * 2
    )

    assert [sum(two) for two in zip(*ends, strict=True)] == [1] * TRIES
    assert Merge.objects.count() == TRIES
    assert ledger.differing() == ledger.overlapping() == []


def everybody(times: int) -> list[tuple[int, int, int]]:
    """Return three records for each try, of three people; the first has two records."""
    system = make.system()
    records = [make.record(of=system).pk for _ in range(4 * times)]
    fours = list(batched(records, 4))
    groups = [group for a, b, c, d in fours for group in ([a, d], [b], [c])]
    ledger.settle(
        groups,
        {},
        reasons=dict.fromkeys(records, "alone"),
        cause=ledger.Cause("They came."),
        at=day(0),
    )
    return [(a, b, c) for a, b, c, _ in fours]


def merged(records: tuple[int, int], steward: User) -> int:
    """Merge whom the records belong to by now; return how many were absorbed."""
    people = set(ledger.people_of(record_ids=records).values())
    try:
        return len(ledger.merge(people=people, by=steward, reason="One.", at=day(1)))
    except (ledger.SamePerson, ledger.WentUp):
        return 0


def in_two_threads(
    *works: list[Callable[[], int]],
) -> list[list[int]]:
    """Let two threads begin each try at the same moment; return what each came to."""
    gate = threading.Barrier(len(works))
    ends: list[list[int]] = [[] for _ in works]

    def run(number: int) -> None:
        try:
            for work in works[number]:
                gate.wait(timeout=30)
                ends[number].append(work())
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(each,)) for each in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends
