"""A merge taken back, exactly; and taken back again.

What comes back is what the event's own words say was there: the old id, and every record
of theirs that is still with the kept one. Records that came later stay with the kept one,
for nobody has said of them whose they are; whoever undoes may name those that go along.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from governance.models import User
from identity.ledger import apart, reading
from identity.ledger.breaker import read_again
from identity.ledger.events import (
    Cause,
    Change,
    Kind,
    Moved,
    wait_for_other_merges,
    write,
)
from identity.ledger.merging import BY_HAND
from identity.ledger.refusals import (
    AlreadyUndone,
    CameEarlier,
    LaterMerge,
    NotAMerge,
    NothingLeft,
    require_steward,
    said,
)
from identity.ledger.survivors import OpenLink
from identity.models import IdentityEvent, Merge


@transaction.atomic
def unmerge(
    *,
    event_id: int,
    by: User,
    reason: str,
    at: datetime,
    also: Collection[int] = (),
) -> IdentityEvent:
    """Undo a merge: who was absorbed is themselves again, under the id they had.

    Their records return with the rule they had been linked by; those that went to a
    third meanwhile stay there. From now on somebody has said that the two are not the
    same, so no rule joins them again. Reports as of an earlier moment do not change.

    ``also`` names records that came to the kept one after the merge, and go along.

    Raises:
        AlreadyUndone: somebody did.
        CameEarlier: a record of ``also`` is not one that came later.
        LaterMerge: the kept one went up in somebody since: undo that first.
        NoReason: ``reason`` says nothing.
        NotAllowed: ``by`` is no steward.
        NotAMerge: the event is none.
        NothingLeft: their records, or all others, are not with the kept one any more.
    """
    require_steward(by)
    reason = said(reason)
    wait_for_other_merges()
    event, merge = _merge_of(event_id)
    links = reading.open_links(people=[merge.kept_id])
    change = _parting(event, merge, links, also)
    written = write([change], links=links, cause=Cause(reason, by=by), at=at)
    undoing = IdentityEvent.objects.get(pk=written.events[0])
    Merge.objects.filter(pk=merge.pk).update(
        undone_at=written.moment, undone_by=undoing
    )
    going = {move.record for move in change.moves}
    staying = set(links) - going
    # Of those who came later nobody has said anything.
    spoken_of = staying & _records(event.before[0]) or staying
    apart.part(going, spoken_of, event=undoing, by=by, reason=reason)
    read_again(links)
    return undoing


@transaction.atomic
def merge_again(*, event_id: int, by: User, reason: str, at: datetime) -> IdentityEvent:
    """Undo the undoing of a merge: the same one is kept, and the same one goes up in them.

    Everything that is the revived one's by now goes along. What the undoing had said to
    be two is taken back; what somebody said since is not overridden.

    Raises:
        AlreadyUndone: somebody did.
        HeldApart: somebody said since that records of the two are not the same.
        LaterMerge: one of the two went up in somebody since: undo that first.
        NoReason: ``reason`` says nothing.
        NotAllowed: ``by`` is no steward.
        NotAMerge: the event undid no merge.
        NothingLeft: no record is with one of the two any more.
    """
    require_steward(by)
    reason = said(reason)
    wait_for_other_merges()
    event = _undoing(event_id)
    assert event.person_id is not None and event.other_id is not None
    kept, gone = event.person_id, event.other_id
    for who in (kept, gone):
        _refuse_the_gone(who, than=event)
    links = reading.open_links(people=[kept, gone])
    if {link.person for link in links.values()} != {kept, gone}:
        raise NothingLeft(
            f"No record is with person {kept} or person {gone} any more: there is "
            f"nothing to join."
        )
    apart.join_again(event, by=by, reason=reason, at=at)
    apart.refuse_contradiction(links)
    change = _joining(event, kept, gone, links)
    written = write([change], links=links, cause=Cause(reason, by=by), at=at)
    read_again(links)
    return IdentityEvent.objects.get(pk=written.events[0])


def _parting(
    event: IdentityEvent,
    merge: Merge,
    links: Mapping[int, OpenLink],
    also: Collection[int],
) -> Change:
    """Return what takes the merge back: theirs that are still there, and who goes along."""
    kept_before, gone_before = event.before
    reasons = {each["record"]: each["reason"] for each in gone_before["records"]}
    # Whoever goes up in somebody goes with all that is theirs.
    returning = sorted(set(reasons) & set(links))
    _refuse_the_earlier(also, {*returning, *_records(kept_before)}, links)
    going = [*returning, *sorted(set(also))]
    if not returning or len(going) == len(links):
        raise NothingLeft(_nothing_left(merge, has_theirs=bool(returning)))
    moves = [
        Moved(each, merge.kept_id, merge.absorbed_id, reasons.get(each, BY_HAND))
        for each in going
    ]
    return Change(
        Kind.UNMERGED,
        moves,
        person=merge.kept_id,
        other=merge.absorbed_id,
        undoes=event.pk,
    )


def _joining(
    event: IdentityEvent, kept: int, gone: int, links: Mapping[int, OpenLink]
) -> Change:
    """Return what takes the undoing back: whatever is theirs by now."""
    reasons = {
        each["record"]: each["reason"]
        for image in event.before
        for each in image["records"]
    }
    moves = [
        Moved(record, gone, kept, reasons.get(record, BY_HAND))
        for record, link in sorted(links.items())
        if link.person == gone
    ]
    return Change(Kind.REMERGED, moves, person=kept, other=gone, undoes=event.pk)


def _merge_of(event_id: int) -> tuple[IdentityEvent, Merge]:
    event = IdentityEvent.objects.select_related("merge").get(pk=event_id)
    if event.kind not in (Kind.MERGED, Kind.REMERGED):
        raise NotAMerge(
            f"{event} is no merge. Only a merge is undone; what a rule parted is joined "
            f"by merging the two."
        )
    merge: Merge = event.merge
    _refuse_the_undone(event)
    _refuse_the_gone(merge.kept_id, than=event)
    return event, merge


def _undoing(event_id: int) -> IdentityEvent:
    event = IdentityEvent.objects.get(pk=event_id)
    if event.kind != Kind.UNMERGED:
        raise NotAMerge(f"{event} undid no merge: there is nothing to join again.")
    _refuse_the_undone(event)
    return event


def _refuse_the_undone(event: IdentityEvent) -> None:
    undone = IdentityEvent.objects.filter(undoes=event).first()
    if undone is not None:
        raise AlreadyUndone(
            f"{undone.by_name} has undone it at {undone.at:%Y-%m-%d %H:%M} UTC: "
            f"{undone.reason}"
        )


def _refuse_the_gone(who: int, *, than: IdentityEvent) -> None:
    later = Merge.objects.as_of(None).filter(absorbed=who, event__gt=than.pk).first()
    if later is not None:
        raise LaterMerge(
            f"Person {who} went up in person {later.kept_id} at "
            f"{later.at:%Y-%m-%d %H:%M} UTC (event {later.event_id}). Undo that first."
        )


def _refuse_the_earlier(
    also: Collection[int], earlier: Collection[int], links: Mapping[int, OpenLink]
) -> None:
    for record in sorted(set(also)):
        if record not in links or record in earlier:
            raise CameEarlier(
                f"Record {record} is none that came to the kept person after the merge. "
                f"Only those may go along; what was theirs returns by itself."
            )


def _nothing_left(merge: Merge, *, has_theirs: bool) -> str:
    if has_theirs:
        return (
            f"Nothing but what came from person {merge.absorbed_id} is with person "
            f"{merge.kept_id} any more: there is nobody to part them from."
        )
    return (
        f"None of the records that were person {merge.absorbed_id}'s is with person "
        f"{merge.kept_id} any more: they have gone elsewhere since, and are parted."
    )


def _records(image: dict[str, Any]) -> set[int]:
    return {each["record"] for each in image["records"]}
