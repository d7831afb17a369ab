"""Not even the owner of the tables changes what stands in the ledger."""

import re

from django.db import Error

from identity.models import (
    Apart,
    HeldRun,
    IdentityEvent,
    Merge,
    Move,
    Person,
    SealedRun,
)
from tests import make
from tests.identity import ledger_rows as rows
from tests.identity.ledger_rows import TUESDAY

KEPT = re.compile("is kept as it was written|keeps their row")
ONLY_ADDED_TO = {
    IdentityEvent: {"reason": "Another."},
    Move: {"from_person": None},
    SealedRun: {"digest": ""},
}


def test_nothing_is_deleted_and_what_is_only_added_to_is_not_updated(own_database):
    everything_once()

    gone = {
        model: refusal(lambda model=model: owned(model)._raw_delete("owner"))
        for model in (*ONLY_ADDED_TO, Merge, Apart, HeldRun, Person)
    }
    updated = {
        model: refusal(lambda m=model, f=fields: owned(m).update(**f))
        for model, fields in ONLY_ADDED_TO.items()
    }

    assert {model for model, said in gone.items() if not KEPT.search(said)} == set()
    assert {model for model, said in updated.items() if not KEPT.search(said)} == set()


def everything_once() -> None:
    rows.move()
    rows.merge()
    rows.apart()
    rows.held()
    make.person()
    event = rows.event(at=TUESDAY)
    rows.sealed(event, event)


def owned(model):
    return model._base_manager.using("owner").order_by()


def refusal(write) -> str:
    try:
        write()
    except Error as refused:
        return str(refused)
    return "It was written."
