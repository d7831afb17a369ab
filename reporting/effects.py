"""What a proposal would do to the published numbers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Exists, OuterRef, Q

from governance.effects import Answer, Became, Moved, PreviewError, Sample
from governance.kinds import OF_IDENTITY, OF_SOURCES
from governance.models import Kind, Operation, Storefront
from measurement.models import SyncRun
from reporting.models import Build, Reading
from reporting.tables import figures

if TYPE_CHECKING:
    from identity.rehearsal import Followed
    from reporting.shadow import Number, Place


class Numbers:
    """Computes every reading twice, as agreed and as proposed, on the same data.

    What is proposed of sources is run over the files first, and what is proposed of
    identity over everybody, in copies of the tables.
    """

    kinds: frozenset[str] = (
        OF_SOURCES
        | OF_IDENTITY
        | {Kind.KPI, Kind.ATTRIBUTION, Kind.CHANNEL, Kind.CAMPAIGN_RULE}
    )

    def stands_on(self) -> str:
        """Return the digest of the published build's input."""
        published = Build.objects.filter(state=Build.State.PUBLISHED).first()
        return published.digest if published else ""

    def measure(self, operations: Sequence[Operation], *, at: datetime) -> Answer:
        """Return each number that would move. Nothing is kept."""
        # Read here alone: the engine has no place in a web process.
        from measurement import rehearsal
        from reporting import shadow

        try:
            if any(each.kind in OF_SOURCES | OF_IDENTITY for each in operations):
                return _after_a_night(operations, at)
            return _on_the_same_rows(operations, at)
        except (shadow.CannotCompute, rehearsal.CannotRehearse) as error:
            raise PreviewError(str(error)) from error

    def became(self, *, since: datetime) -> Became | None:
        """Return the published numbers, if a build was computed since then."""
        # A night that was at it already had read the files as they were mapped before.
        of_later = Q(night=None, made_at__gt=since) | Q(night__started_at__gt=since)
        build = Build.objects.filter(of_later, state=Build.State.PUBLISHED).first()
        if build is None:
            return None
        names = dict(Storefront.objects.values_list("pk", "name"))
        readings = Reading.objects.filter(build=build)
        return Became(
            numbers=_people_now(names)
            | {
                (
                    one.metric,
                    figures.place(names[one.storefront_id], one.dimensions.items()),
                ): (None if one.value is None else f"{one.value:f}")
                for one in readings
            },
            sentences=[f"Compared with build {build.pk}.", *_news(since)],
        )


def _news(since: datetime) -> Iterator[str]:
    """Yield, in words, what else may have moved the numbers since then."""
    loaded = SyncRun.objects.filter(started_at__gt=since, state=SyncRun.State.DONE)
    before = SyncRun.objects.filter(
        stream=OuterRef("stream"), file=OuterRef("file"), started_at__lte=since
    )
    files = loaded.exclude(Exists(before)).values("stream", "file").distinct().count()
    if files:
        yield (
            f"{files} new file{'' if files == 1 else 's'} came in between; the numbers "
            f"moved with what they say, too."
        )


def _on_the_same_rows(operations: Sequence[Operation], at: datetime) -> Answer:
    from reporting import agreed, shadow

    before, after = shadow.numbers(
        [agreed.now(), agreed.proposed(operations)], moment=at
    )
    return _answer(before, after, at)


def _people_now(names: Mapping[int, str]) -> dict[tuple[str, str], str | None]:
    from identity import rehearsal as people

    return {
        (what, names[storefront]): str(number)
        for (what, storefront), number in people.counted().items()
    }


def _after_a_night(operations: Sequence[Operation], at: datetime) -> Answer:
    from identity import policy
    from identity import rehearsal as people
    from measurement import otherwise, rehearsal
    from reporting import agreed, shadow

    kinds = {each.kind for each in operations}
    of_sources = not kinds.isdisjoint(OF_SOURCES)
    deadline = rehearsal.Deadline.after(settings.PREVIEW_SECONDS)
    [before] = shadow.numbers([agreed.now()], moment=at)
    with rehearsal.rehearse(operations, at=at, deadline=deadline) as rehearsed:
        turned = None
        if kinds & OF_IDENTITY:
            turned = people.compare(at=at, agreed=policy.proposed(operations))
        else:
            people.follow(at=at)
        deadline.hold()
        [after] = shadow.numbers([agreed.proposed(operations)], moment=at)
        refused, more, fewer = otherwise.refusals(rehearsed)
        answer = replace(
            _answer(before, after, at),
            sentences=list(otherwise.sentences(rehearsed)) if of_sources else [],
            samples=list(otherwise.samples(rehearsed)),
            refused=refused,
            refused_in_all=more,
            taken_in_all=fewer,
        )
        return _with_people(answer, turned) if turned else answer


def _with_people(answer: Answer, turned: "Followed") -> Answer:
    """Return the answer with what becomes of people put before what becomes of numbers."""
    names = dict(Storefront.objects.values_list("pk", "name"))
    places = sorted({*turned.before, *turned.after})
    counted = [
        Moved(
            what=what,
            where=names[storefront],
            before=str(turned.before[what, storefront]),
            after=str(turned.after[what, storefront]),
            is_total=True,
        )
        for what, storefront in places
        if turned.before[what, storefront] != turned.after[what, storefront]
    ]
    return replace(
        answer,
        moved=[*counted, *answer.moved],
        looked_at=answer.looked_at + len(places),
        sentences=[*turned.sentences(), *answer.sentences],
        samples=[
            *(Sample(who, "who it is", was, is_) for who, was, is_ in turned.some()),
            *answer.samples,
        ],
    )


def _answer(
    before: "Mapping[Place, Number]", after: "Mapping[Place, Number]", at: datetime
) -> Answer:
    return Answer(
        moved=list(_moved(before, after)),
        looked_at=len({**before, **after}),
        data=f"Measured on everything known at {at:%Y-%m-%d %H:%M} UTC.",
    )


def _moved(
    before: "Mapping[Place, Number]", after: "Mapping[Place, Number]"
) -> Iterator[Moved]:
    names = dict(Storefront.objects.values_list("pk", "name"))
    nothing: tuple[str | None, int] = (None, 0)
    for place in {**before, **after}:
        was, becomes = before.get(place, nothing), after.get(place, nothing)
        if was == becomes:
            continue
        storefront, metric, dimensions = place
        yield Moved(
            what=metric,
            where=figures.place(names[storefront], dimensions),
            before=was[0],
            after=becomes[0],
            n_before=was[1],
            n_after=becomes[1],
            is_total=not dimensions,
        )
