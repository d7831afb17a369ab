"""Who reads which pair: a claim holds for a quarter of an hour, and two people get two."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from governance import people
from governance.models import User
from identity import policy, rows
from identity.models import Answer, Audit, Link, MatchCandidate, MatchCandidateQuerySet
from identity.queue import quality
from identity.queue.refusals import NotASteward, NotClaimed, NotYours

LEASE = timedelta(minutes=15)
Wants = MatchCandidate.Wants
# Read by somebody who has not answered the pair before.
_OF_OTHERS = (Wants.DOUBT, Wants.BLIND, Wants.THIRD)


def may_decide(user: User) -> bool:
    """Return whether the user decides about pairs. A superuser is no steward for it."""
    return user.is_active and people.has_role(user, "steward")


def only_stewards(by: User) -> None:
    """Let a steward pass.

    Raises:
        NotASteward: ``by`` is not in the group of stewards.
    """
    if not may_decide(by):
        raise NotASteward(
            f"{by} is not a steward. Stewards decide about pairs; an administrator "
            f"can add {by} to the group 'steward'."
        )


def is_audited_by(pair: MatchCandidate, by: User) -> bool:
    """Return whether the pair is audited, and the reader may yet be who settles it."""
    if pair.wants not in (Wants.FIRST, Wants.DOUBT, Wants.AGAIN):
        return False
    drawn = Audit.objects.filter(candidate=pair)
    return may_decide(by) and drawn.exists()


def day_of(at: datetime) -> date:
    """Return the moment's day, in the zone in which days are cut."""
    return at.astimezone(ZoneInfo(settings.REPORTING_TIME_ZONE)).date()


def readable(*, by: User, at: datetime) -> MatchCandidateQuerySet:
    """Return the pairs the steward may be given now, the one to read first at the front.

    What is held waits for its day, what was referred for the one it was referred to, and
    a second reading for somebody who has not answered the pair. Two that other merges
    have made one person need no answer, unless they are audited.
    """
    answered = Answer.objects.filter(candidate=OuterRef("pk"), by=by)
    links = Link.objects.as_of(None)
    theirs = links.filter(record=OuterRef(OuterRef("right"))).values("person")
    one_person = links.filter(record=OuterRef("left"), person__in=theirs)
    return (
        MatchCandidate.objects.open()
        .due(day_of(at))
        .filter(Q(referred_to=None) | Q(referred_to=by))
        .filter(~Q(wants__in=_OF_OTHERS) | ~Exists(answered))
        .filter(
            Q(wants__in=[Wants.BLIND, Wants.THIRD])
            | ~Exists(one_person)
            | Exists(Audit.objects.filter(candidate=OuterRef("pk")))
        )
        .order_by(F("rank").desc(), "id")
    )


@transaction.atomic
def claim_next(
    *,
    by: User,
    at: datetime,
    after: MatchCandidate | None = None,
    before: MatchCandidate | None = None,
) -> MatchCandidate | None:
    """Give the steward the pair to read next, and release what else they had claimed.

    Two who ask at once are given two pairs. ``after`` asks for one that follows that
    pair in the queue, ``before`` for the one that precedes it; at an end it begins anew.
    Now and then the pair is one whose answer is known, which nothing on its page says.

    Raises:
        NotASteward: ``by`` is not in the group of stewards.
    """
    only_stewards(by)
    release_all(by=by)
    with _in_order_of_the_index():
        found = _next(by, at, after=after, before=before)
    return _claim(found, by, at) if found is not None else None


def _next(
    by: User,
    at: datetime,
    *,
    after: MatchCandidate | None,
    before: MatchCandidate | None,
) -> MatchCandidate | None:
    free = (
        readable(by=by, at=at)
        .free(at)
        .select_for_update(skip_locked=True, of=("self",))
    )
    found: MatchCandidate | None = None
    if after is not None:
        found = free.filter(_behind(after)).first()
    elif before is not None:
        ahead = free.filter(~_behind(before) & ~Q(pk=before.pk))
        found = ahead.order_by("rank", "-id").first()
    else:
        found = _out_of_turn(by, at, free)
    return found or free.first()


def _out_of_turn(
    by: User, at: datetime, free: MatchCandidateQuerySet
) -> MatchCandidate | None:
    """Return a pair whose answer is known, or an audit, if it is time for one.

    An audit is worth nothing to anybody's ranking, and would wait for ever.
    """
    asking = policy.now().asking
    given = Answer.objects.filter(by=by).count()
    if quality.falls_among(f"known {by.pk} {given}", asking.known_answer_share):
        return _known(by, at)
    if quality.falls_among(f"audit {by.pk} {given}", asking.audit_share):
        drawn = Audit.objects.filter(candidate=OuterRef("pk"))
        return free.filter(Exists(drawn)).order_by("pk").first()
    return None


@contextmanager
def _in_order_of_the_index() -> Iterator[None]:
    """Let the database go down the queue as its index has it, and stop at the first.

    After a night that asked a hundred thousand pairs it thinks there are a few until it
    has counted them, looks at each of them and sorts: half a second for every answer.
    """
    rows.change("in_order_of_the_index")
    yield
    rows.change("in_any_order")


@transaction.atomic
def claim(*, candidate_id: int, by: User, at: datetime) -> MatchCandidate:
    """Give the steward this very pair, if nobody else is at it.

    Raises:
        NotASteward: ``by`` is not in the group of stewards.
        NotClaimed: somebody else has it, or nothing is asked about it.
        NotYours: they answered it, and a second reader is asked for.
    """
    only_stewards(by)
    pairs = MatchCandidate.objects.select_for_update(of=("self",))
    pair = pairs.select_related("claimed_by").get(pk=candidate_id)
    if pair.wants == Wants.NOTHING:
        raise NotClaimed(f"Nothing is asked about {pair}. Take the next one.")
    if pair.claimed_by not in (None, by) and holds(pair, at):
        raise NotClaimed(
            f"{pair.claimed_by} reads {pair} until {pair.claimed_until:%H:%M} UTC. "
            f"Take the next one, or come back after that."
        )
    refuse_own_doubt(pair, by)
    release_all(by=by)
    return _claim(pair, by, at)


def release(*, candidate_id: int, by: User) -> bool:
    """Let others have the pair; return whether it was the steward's to let go."""
    mine = MatchCandidate.objects.filter(pk=candidate_id, claimed_by=by)
    return bool(mine.update(claimed_by=None, claimed_until=None))


def release_all(*, by: User) -> int:
    """Let others have whatever the steward had claimed; return how many that were."""
    mine = MatchCandidate.objects.filter(claimed_by=by)
    return mine.update(claimed_by=None, claimed_until=None)


def holds(pair: MatchCandidate, at: datetime) -> bool:
    """Return whether somebody's claim of the pair has not run out."""
    return pair.claimed_until is not None and pair.claimed_until > at


def is_mine(pair: MatchCandidate, by: User, at: datetime) -> bool:
    """Return whether the steward may answer the pair at the moment."""
    return pair.claimed_by_id == by.pk and holds(pair, at)


def refuse_own_doubt(pair: MatchCandidate, by: User) -> None:
    """Let whoever may read the pair pass: a second reader has not answered it before.

    Raises:
        NotYours: they have.
    """
    if pair.wants in _OF_OTHERS and pair.answers.filter(by=by).exists():
        raise NotYours(
            f"You have answered {pair}. Somebody else reads it as if you had not."
        )


def refuse_unclaimed(pair: MatchCandidate, by: User, at: datetime) -> None:
    """Let whoever has claimed the pair pass.

    Raises:
        NotClaimed: their claim has run out, or they had none.
    """
    if is_mine(pair, by, at):
        return
    if pair.claimed_by_id == by.pk:
        raise NotClaimed(
            f"You claimed {pair} until {pair.claimed_until:%H:%M} UTC, and that has "
            f"run out. Nothing was decided: claim it again and read what it says now."
        )
    who = f"{pair.claimed_by} reads it now" if holds(pair, at) else "Nobody reads it"
    raise NotClaimed(
        f"{who}; you have not claimed {pair}. Nothing was decided: take the next one."
    )


def _claim(pair: MatchCandidate, by: User, at: datetime) -> MatchCandidate:
    pair.claimed_by, pair.claimed_until = by, at + LEASE
    pair.save(update_fields=["claimed_by", "claimed_until"])
    return pair


def _behind(pair: MatchCandidate) -> Q:
    return Q(rank__lt=pair.rank) | Q(rank=pair.rank, pk__gt=pair.pk)


def _known(by: User, at: datetime) -> MatchCandidate | None:
    """Return a pair whose answer is known, and which they have not answered."""
    answered = Answer.objects.filter(candidate=OuterRef("pk"), by=by)
    known = MatchCandidate.objects.filter(wants=Wants.NOTHING).exclude(known_answer="")
    free = known.free(at).exclude(Exists(answered)).order_by("decided_at", "id")
    return free.select_for_update(skip_locked=True, of=("self",)).first()
