"""Why records are one person: what was done, by whom, and the evidence that holds them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Q, prefetch_related_objects

from identity import evidence, ledger, likely, policy
from identity.evidence import Kind
from identity.explaining import read
from identity.explaining.read import Step
from identity.explaining.web import Strand, Web, likely_right
from identity.models import IdentityEvent, Link, MatchCandidate, Merge, Move, Person
from identity.policy import Policy
from measurement.models import CustomerRecord

# How often such evidence was right where it was counted; somebody's word is surer.
_BY_HAND, _SAME_WORDS = 0.9999, 0.99999
_LIKELY = {Kind.CROSS_ID: 0.9999, Kind.EMAIL: 0.999}
_JOINED_BY = {
    Kind.CROSS_ID: "The same customer id, and a name that agrees.",
    Kind.EMAIL: "The same e-mail address, and a first name that agrees.",
}
_WEIGHED = "Several things they share, weighed together: such pairs were audited."
_WORD_FOR_WORD = "Guests who say word for word the same."
_FIRST_OF_EACH = "Somebody joined all their records: these are the first of each."


@dataclass(frozen=True, slots=True)
class Says:
    """One reason why two records are one person.

    ``steps`` are its weights, where it was weighed; otherwise the sentence is all of it.
    """

    sentence: str
    likely: float
    by_hand: bool = False
    steps: Sequence[Step] = ()
    who: str = ""
    at: datetime | None = None
    model: str = ""
    policy: str = ""

    @property
    def bits(self) -> float:
        """Return what the weights come to."""
        return read.bits_of(self.steps)


@dataclass(frozen=True, slots=True)
class Edge:
    """Two records of the person and everything that says they are one, the surest first."""

    left: CustomerRecord
    right: CustomerRecord
    says: Sequence[Says]


@dataclass(frozen=True, slots=True)
class Side:
    """One of an event's two people, as they were before it."""

    public_id: str
    records: Sequence[CustomerRecord]
    aliases: Sequence[str]
    is_locked: bool


@dataclass(frozen=True, slots=True)
class Happened:
    """An event about the person: how both were, what moved, and whether it can be undone."""

    event: IdentityEvent
    before: Sequence[Side]
    moved: Sequence[CustomerRecord]
    undone_by: IdentityEvent | None
    may_be_undone: bool


@dataclass(frozen=True)
class WhyOne:
    """Everything that makes one person of records, as of a moment.

    ``parts`` is more than one where nothing known today holds some of the records to the
    others. ``bridge`` is the weakest edge without another way around it, and
    ``behind_bridge`` what it alone holds.
    """

    person: Person
    as_of: datetime | None
    records: Sequence[CustomerRecord]
    edges: Sequence[Edge]
    parts: Sequence[Sequence[CustomerRecord]]
    bridge: Edge | None
    behind_bridge: Sequence[CustomerRecord]
    happened: Sequence[Happened]
    aliases: Sequence[UUID]
    web: Web = field(repr=False)

    def path(self, start: int, end: int) -> list[Edge] | None:
        """Return the surest way between two records of theirs; None, where there is none."""
        strands = self.web.path(start, end)
        if strands is None:
            return None
        found, here = [], start
        for strand in strands:
            edge = self._edge(strand)
            if edge.left.pk != here:
                edge = Edge(edge.right, edge.left, edge.says)
            here = strand.other(here)
            found.append(edge)
        return found

    def likely(self, start: int, end: int) -> float | None:
        """Return how likely everything on that way is right."""
        strands = self.web.path(start, end)
        return None if strands is None else likely_right(strands)

    def _edge(self, strand: Strand) -> Edge:
        two = {strand.left, strand.right}
        return next(edge for edge in self.edges if {edge.left.pk, edge.right.pk} == two)


def why_one(
    person: Person, *, as_of: datetime | None = None, agreed: Policy | None = None
) -> WhyOne:
    """Return what held the person's records together at the moment; without one, now.

    Whose a record was, what was done and what somebody said are those of the moment. What
    records say is what they say today: a source that overwrote it keeps nothing else.
    """
    links = Link.objects.as_of(as_of).filter(person=person)
    ids = sorted(links.values_list("record", flat=True))
    merges = ledger.merges_of(person_id=person.pk)
    if as_of is not None:
        merges = [each for each in merges if each.at <= as_of]
    prefetch_related_objects(merges, "event")
    happened = _events(person, merges, ids, as_of)
    records = read.named([*ids, *_named_by(happened)])
    agreed = agreed or (policy.as_of(as_of) if as_of else policy.now())
    edges = _edges(ids, records, _standing(merges, as_of), agreed)
    web = Web(
        ids,
        (Strand(e.left.pk, e.right.pk, e.says[0].likely) for e in edges),
    )
    bridge, behind = web.weakest_bridge() or (None, [])
    return WhyOne(
        person=person,
        as_of=as_of,
        records=[records[record] for record in ids],
        edges=edges,
        parts=[[records[record] for record in part] for part in web.parts()],
        bridge=next(
            (e for e in edges if bridge and {e.left.pk, e.right.pk} == _two(bridge)),
            None,
        ),
        behind_bridge=[records[record] for record in behind],
        happened=list(_happened(person, happened, merges, records, as_of)),
        aliases=ledger.aliases_of(person_id=person.pk, as_of=as_of),
        web=web,
    )


def _two(strand: Strand) -> set[int]:
    return {strand.left, strand.right}


def _standing(merges: Sequence[Merge], as_of: datetime | None) -> list[Merge]:
    return [
        each
        for each in merges
        if each.undone_at is None or (as_of is not None and each.undone_at > as_of)
    ]


def _edges(
    ids: Sequence[int],
    records: Mapping[int, CustomerRecord],
    merges: Sequence[Merge],
    agreed: Policy,
) -> list[Edge]:
    """Return every two records something says are one, with all that says so."""
    said: dict[frozenset[int], list[Says]] = {}
    known = set(ids)
    found = [*_by_hand(merges), *_by_rule(ids, agreed), *_by_score(ids)]
    for left, right, says in found:
        if {left, right} <= known and left != right:
            said.setdefault(frozenset((left, right)), []).append(says)
    return [
        Edge(
            records[min(two)],
            records[max(two)],
            sorted(says, key=lambda each: (-each.likely, each.sentence)),
        )
        for two, says in sorted(said.items(), key=lambda each: sorted(each[0]))
    ]


def _by_rule(ids: Sequence[int], agreed: Policy) -> Iterator[tuple[int, int, Says]]:
    """Yield what rules say of the records among themselves."""
    voices = evidence.alike_guests(
        read.facts_of(ids).values(),
        said_of={},
        together=agreed.guests.same_words_are_one,
    )
    for voice, same in voices.items():
        for record in same:
            if record != voice.record:
                yield voice.record, record, Says(_WORD_FOR_WORD, _SAME_WORDS)
    for pair in evidence.find(list(voices), agreed=agreed).pairs:
        if not pair.guard:
            says = Says(_JOINED_BY[pair.kind], _LIKELY[pair.kind])
            yield pair.left.record, pair.right.record, says


def _by_score(ids: Sequence[int]) -> Iterator[tuple[int, int, Says]]:
    """Yield what weights say of the records: as long as their band joins by itself."""
    for pair in likely.among(ids):
        says = Says(_WEIGHED, pair.probability, model=pair.model)
        yield pair.left, pair.right, says


def _by_hand(merges: Sequence[Merge]) -> Iterator[tuple[int, int, Says]]:
    """Yield what somebody said: of a pair with its weights, or of two people as a whole."""
    named = [number for each in merges if (number := _pair_of(each)) is not None]
    asked = MatchCandidate.objects.in_bulk(named)
    for merge in merges:
        if merge.by_id is None:
            continue
        event = merge.event
        pair = asked.get(_pair_of(merge) or -1)
        if pair is not None:
            yield pair.left_id, pair.right_id, _answered(merge, pair)
        elif event is not None:
            kept, gone = (
                [each["record"] for each in one["records"]] for one in event.before
            )
            if kept and gone:
                sentence = f"{merge.reason} {_FIRST_OF_EACH}"
                yield kept[0], gone[0], _said(merge, sentence)


def _pair_of(merge: Merge) -> int | None:
    found = merge.event.evidence.get("pair") if merge.event else None
    return found if isinstance(found, int) else None


def _answered(merge: Merge, pair: MatchCandidate) -> Says:
    assert merge.event is not None
    is_as_it_was = merge.event.evidence.get("digest") == pair.evidence_digest
    changed = "" if is_as_it_was else " What is known of the two has changed since."
    return _said(
        merge,
        f"{pair.evidence} {merge.reason}{changed}",
        steps=read.waterfall(pair) if is_as_it_was else [],
        model=pair.model_version,
        policy=pair.policy_version,
    )


def _said(
    merge: Merge,
    sentence: str,
    *,
    steps: Sequence[Step] = (),
    model: str = "",
    policy: str = "",
) -> Says:
    return Says(
        sentence, _BY_HAND, by_hand=True, steps=steps, who=str(merge.by), at=merge.at,
        model=model, policy=policy,
    )  # fmt: skip


def _events(
    person: Person,
    merges: Sequence[Merge],
    ids: Sequence[int],
    as_of: datetime | None,
) -> list[IdentityEvent]:
    """Return what was done to the person and whoever went up in them, the latest first."""
    known = {person.pk, *(m.absorbed_id for m in merges), *(m.kept_id for m in merges)}
    known -= {m.kept_id for m in merges if m.absorbed_id == person.pk}
    came = Move.objects.filter(record__in=ids, from_person=None).values("event")
    found = IdentityEvent.objects.filter(
        Q(person__in=known) | Q(other__in=known) | Q(pk__in=came)
    )
    if as_of is not None:
        found = found.filter(at__lte=as_of)
    return list(found.select_related("by").order_by("-id"))


def _named_by(events: Sequence[IdentityEvent]) -> set[int]:
    return {
        each["record"]
        for event in events
        for image in event.before
        for each in image["records"]
    }


def _happened(
    person: Person,
    events: Sequence[IdentityEvent],
    merges: Sequence[Merge],
    records: Mapping[int, CustomerRecord],
    as_of: datetime | None,
) -> Iterator[Happened]:
    undone = {
        event.undoes_id: event
        for event in IdentityEvent.objects.filter(undoes__in=events)
        if as_of is None or event.at <= as_of
    }
    standing = {
        each.event_id
        for each in merges
        if each.undone_at is None and each.kept_id == person.pk
    }
    moved: dict[int, list[CustomerRecord]] = {}
    for number, record in Move.objects.filter(
        event__in=events, record__in=list(records)
    ).values_list("event", "record"):
        moved.setdefault(number, []).append(records[record])
    for event in events:
        yield Happened(
            event=event,
            before=[_side(image, records) for image in event.before],
            moved=sorted(moved.get(event.pk, ()), key=lambda record: record.pk),
            undone_by=undone.get(event.pk),
            may_be_undone=as_of is None and event.pk in standing,
        )


def _side(image: Mapping[str, object], records: Mapping[int, CustomerRecord]) -> Side:
    theirs = image["records"]
    aliases = image["aliases"]
    assert isinstance(theirs, list) and isinstance(aliases, list)
    return Side(
        public_id=str(image["public_id"]),
        records=[records[each["record"]] for each in theirs],
        aliases=aliases,
        is_locked=image["locked_at"] is not None,
    )
