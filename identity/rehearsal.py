"""Work out who is who in a rehearsal, in copies of identity's tables."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.apps import apps
from django.db import models
from django.db.models import Count

from identity import doubts, enrichment, rows, stitching, visitors
from identity.models import (
    HeldRun,
    IdentityEvent,
    Link,
    MatchCandidate,
    MatchModel,
    Move,
    QuarantinedValue,
    SealedRun,
)
from identity.policy import Policy
from measurement import shadow

PEOPLE, QUESTIONS, SET_ASIDE = "people", "questions", "values set aside"
_SHOWN = 5
# Only added to: nobody is told who is who by what stands in them.
_LEDGER = (IdentityEvent, Move, HeldRun, SealedRun)


@dataclass(frozen=True)
class Turn:
    """People who become one, or one person who becomes several; how many records."""

    is_join: bool
    person: int
    others: tuple[int, ...]
    records: int


@dataclass(frozen=True)
class Followed:
    """Who is who before and after: counts by what and storefront, and who turns into whom.

    ``more`` and ``fewer`` are questions to stewards that would be new, or gone.
    """

    before: Counter[tuple[str, int]]
    after: Counter[tuple[str, int]]
    turns: Sequence[Turn]
    more: int
    fewer: int

    def sentences(self) -> Iterator[str]:
        """Yield what would happen to people, in words."""
        joined = sum(len(turn.others) - 1 for turn in self.turns if turn.is_join)
        apart = [turn for turn in self.turns if not turn.is_join]
        if not self.turns:
            yield "Nobody would become somebody else."
        if joined:
            yield f"{_people(joined)} would be joined to somebody else."
        if apart:
            several = sum(len(turn.others) for turn in apart)
            yield f"{_people(len(apart))} would come apart, into {several:,}."
        if self.more or self.fewer:
            yield (
                f"Stewards would be asked about {self.more:,} pairs more, and about "
                f"{self.fewer:,} not any longer."
            )
        more = _all(self.after, SET_ASIDE) - _all(self.before, SET_ASIDE)
        if more:
            word = "more" if more > 0 else "fewer"
            yield f"{abs(more):,} values {word} would be set aside and join nobody."

    def some(self) -> Iterator[tuple[str, str, str]]:
        """Yield some of those who turn into others: who, before, and after."""
        for is_join in (True, False):
            these = [turn for turn in self.turns if turn.is_join is is_join]
            for turn in sorted(these, key=lambda each: -each.records)[:_SHOWN]:
                one = f"one person of {turn.records:,} records"
                several = _people(len(turn.others))
                before, after = (several, one) if is_join else (one, several)
                yield f"person {turn.person}", before, after


def follow(*, at: datetime, agreed: Policy | None = None) -> None:
    """Do what the night does of who is who, after what was rehearsed.

    Even where no record is another: by a source's zone its phone numbers are read.
    ``agreed`` is what would be agreed on of identity; without it, what is.
    """
    shadow.stand_in_for(_LEDGER, with_rows=False)
    shadow.stand_in_for(_tables())
    # However much it changes: to see that is what it is rehearsed for.
    stitching.stitch(at=at, agreed=agreed, holds=False)
    if agreed is not None:
        # What is agreed on of sources moves no weights; who is asked is not what is looked at.
        doubts.ask(at=at, agreed=agreed, draws=False)
        # What weights would join by then is joined one night later.
        stitching.stitch(at=at, agreed=agreed, holds=False)
    visitors.attach(at=at, agreed=agreed)
    enrichment.enrich_orders()


def compare(*, at: datetime, agreed: Policy) -> Followed:
    """Follow as if it were agreed, and say what becomes of people by it."""
    before, asked = counted(), _asked()
    follow(at=at, agreed=agreed)
    after, then = counted(), _asked()
    return Followed(before, after, _turns(), len(then - asked), len(asked - then))


def counted() -> Counter[tuple[str, int]]:
    """Return how many people, questions and values set aside each storefront has."""
    found: Counter[tuple[str, int]] = Counter()
    for what, row, storefront, one in (
        (PEOPLE, Link.objects.as_of(None), "record__system__storefront", "person"),
        (
            QUESTIONS,
            MatchCandidate.objects.undecided(),
            "left__system__storefront",
            "pk",
        ),
        (SET_ASIDE, QuarantinedValue.objects.standing(), "storefront", "pk"),
    ):
        each = row.order_by().values_list(storefront)
        for place, number in each.annotate(n=Count(one, distinct=True)):
            found[what, place] = number
    return found


def _asked() -> set[tuple[int, int]]:
    pairs = MatchCandidate.objects.undecided().order_by()
    return set(pairs.values_list("left_id", "right_id"))


def _turns() -> list[Turn]:
    return [
        Turn(is_join, person, tuple(others), records)
        for is_join, person, others, records in rows.select("rehearsed_turns")
    ]


def _tables() -> list[type[models.Model]]:
    """Return every table a night of ours may write."""
    ours = apps.get_app_config("identity").get_models()
    return [model for model in ours if model is not MatchModel]


def _people(number: int) -> str:
    return "1 person" if number == 1 else f"{number:,} people"


def _all(found: Counter[tuple[str, int]], wanted: str) -> int:
    return sum(number for (what, _), number in found.items() if what == wanted)
