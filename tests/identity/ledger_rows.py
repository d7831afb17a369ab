"""Rows of the ledger as tests write them by hand, and what the database refuses of them."""

from typing import Any

from identity.models import Apart, HeldRun, IdentityEvent, Merge, Move, SealedRun
from tests import make
from tests.make import moment

MONDAY, TUESDAY = moment("2026-03-02"), moment("2026-03-03")


def event(kind: str = "arrived", **fields: Any) -> IdentityEvent:
    return IdentityEvent.objects.create(
        **{"kind": kind, "at": MONDAY, "reason": "They came.", **fields}
    )


def merged(**fields: Any) -> IdentityEvent:
    return event(
        "merged", **{"person": make.person(), "other": make.person(), **fields}
    )


def undone(of: IdentityEvent, **fields: Any) -> IdentityEvent:
    return event(
        "unmerged",
        **{
            "person": of.person,
            "other": of.other,
            "undoes": of,
            "by": make.user(role="steward"),
            **fields,
        },
    )


def move(**fields: Any) -> Move:
    return Move.objects.create(
        **{
            "event": event(),
            "record": make.record(),
            "to_person": make.person(),
            **fields,
        }
    )


def apart(**fields: Any) -> Apart:
    left, right = make.record(), make.record()
    return Apart.objects.create(
        **{
            "left": left,
            "right": right,
            "by": make.user(role="steward"),
            "reason": "Father and son.",
            "at": MONDAY,
            **fields,
        }
    )


def held(**fields: Any) -> HeldRun:
    return HeldRun.objects.create(
        **{
            "at": MONDAY,
            "run": "night 1",
            "sentence": "Too many.",
            "people": 1_000,
            "changed": 60,
            "largest": 3,
            "digest": "d",
            **fields,
        }
    )


def sealed(first: IdentityEvent, last: IdentityEvent) -> SealedRun:
    run = SealedRun.objects.create(run="night 1", at=TUESDAY, first=first, last=last)
    run.refresh_from_db()
    return run


def merge(**fields: Any) -> Merge:
    return Merge.objects.create(
        **{
            "kept": make.person(),
            "absorbed": make.person(),
            "at": MONDAY,
            "reason": "Rule.",
            **fields,
        }
    )


def _moved_to_whom_it_was() -> None:
    person = make.person()
    move(from_person=person, to_person=person)


def _undone_twice() -> None:
    made = merged()
    undone(made)
    undone(made)


def _apart_twice() -> None:
    said = apart()
    apart(left=said.left, right=said.right)


def _apart_the_other_way_round() -> None:
    earlier, later = make.record(), make.record()
    apart(left=later, right=earlier)


def _absorbed_twice() -> None:
    merge(absorbed=merge().absorbed)


REFUSED = {
    "event_says_why": lambda: event(reason=""),
    "somebody_undoes_and_locks": lambda: event("locked"),
    "event_of_two_names_two": lambda: merged(other=None),
    "only_an_undoing_undoes": lambda: merged(undoes=merged()),
    "event_is_undone_once": _undone_twice,
    "move_leads_elsewhere": _moved_to_whom_it_was,
    "pair_is_held_apart_once": _apart_twice,
    "apart_is_written_one_way": _apart_the_other_way_round,
    "ended_apart_names_who_when_and_why": lambda: apart(ended_at=TUESDAY),
    "apart_says_why": lambda: apart(reason=""),
    "passed_run_names_who_when_and_why": lambda: held(passed_reason="Why not?"),
    "nobody_is_absorbed_twice_at_once": _absorbed_twice,
    "undone_merge_names_when_and_by_what": lambda: merge(undone_at=TUESDAY),
}
