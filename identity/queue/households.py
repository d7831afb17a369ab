"""Who lives with whom. People of one household are never merged for it."""

from datetime import datetime, timedelta

from identity.models import Answer, Household, HouseholdLink, MatchCandidate


def join(answer: Answer, *, at: datetime) -> Household:
    """Let both records of the pair belong to one household from then on.

    Where both had one, everybody of the younger one moves into the older.
    """
    pair = answer.candidate
    both = [pair.left_id, pair.right_id]
    held = HouseholdLink.objects.as_of(None).filter(record__in=both)
    known = sorted(set(held.values_list("household", flat=True)))
    home = (
        Household.objects.get(pk=known[0])
        if known
        else Household.objects.create(made_at=at)
    )
    moving = HouseholdLink.objects.as_of(None).filter(household__in=known[1:])
    there = held.filter(household=home).values_list("record", flat=True)
    coming = {*moving.values_list("record", flat=True), *both} - set(there)
    moment = _end(moving.values_list("pk", flat=True), at)
    HouseholdLink.objects.bulk_create(
        HouseholdLink(
            household=home, record_id=record, started_at=moment, by=answer.by,
            answer=answer, reason=answer.reason,
        )
        for record in sorted(coming)
    )  # fmt: skip
    return home


def leave(pair: MatchCandidate, *, at: datetime) -> None:
    """End that the two belong to one household by an answer to this pair.

    Whoever had moved for it is where they were before.
    """
    made = HouseholdLink.objects.as_of(None).filter(answer__candidate=pair)
    came = list(made.values_list("record", "started_at"))
    moment = _end(made.values_list("pk", flat=True), at)
    for record, since in came:
        earlier = HouseholdLink.objects.filter(record=record, ended_at=since).first()
        if earlier is not None:
            HouseholdLink.objects.create(
                household=earlier.household, record_id=record, started_at=moment,
                by=earlier.by, answer=earlier.answer, reason=earlier.reason,
            )  # fmt: skip


def of(record_ids: list[int]) -> dict[int, int]:
    """Return by record the household it belongs to now."""
    held = HouseholdLink.objects.as_of(None).filter(record__in=record_ids)
    return dict(held.values_list("record", "household"))


def _end(links: object, at: datetime) -> datetime:
    """End the links at the moment, or just after the last of them has begun."""
    ending = HouseholdLink.objects.filter(pk__in=list(links))  # type: ignore[call-overload]
    latest = max(ending.values_list("started_at", flat=True), default=None)
    moment = at if latest is None or latest < at else latest + timedelta(microseconds=1)
    ending.update(ended_at=moment)
    return moment
