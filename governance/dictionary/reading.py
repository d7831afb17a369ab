"""One definition: what it says, how it came to say so, and who wants it otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Prefetch, Q

from governance import calculations
from governance.calculations import Page
from governance.dictionary.lineage import Flow, Group, around, flows, name_of, ownership
from governance.dictionary.uses import Origin, Reader, origins, readers
from governance.dictionary.words import Difference, Line, differences, lines
from governance.models import (
    ChangeRequest,
    Decision,
    Domain,
    Kind,
    Operation,
    User,
    Version,
)
from governance.models.versions import VersionQuerySet


class NotDefined(Exception):
    """There is no such definition; the message says so."""


@dataclass(frozen=True)
class Definition:
    """A definition at a moment. Before it was first agreed on there is no ``version``."""

    kind: str
    key: str
    name: str
    meaning: str
    version: Version | None
    lines: Sequence[Line] = ()
    owned: Sequence[Line] = ()
    flows: Sequence[Flow] = ()
    groups: Sequence[Group] = ()
    readers: Sequence[Reader] = ()
    origins: Sequence[Origin] = ()
    pages: Sequence[Page] = ()

    @property
    def shows_readers(self) -> bool:
        """Return whether it is of a kind that numbers are computed from."""
        return bool(self.readers) or (
            self.kind == Kind.FIELD and self.version is not None
        )

    owners: Sequence[str] = ()
    stewards: Sequence[str] = ()


@dataclass(frozen=True)
class Step:
    """One version: what it changed, and by whose request and approval."""

    version: Version
    since: datetime
    until: datetime | None
    differences: Sequence[Difference]
    request: ChangeRequest
    asked_by: str
    approved_by: Sequence[str]
    was_forced: bool

    @property
    def is_first(self) -> bool:
        return self.version.number == 1


@dataclass(frozen=True)
class Pending:
    """A request that wants the definition to say something else."""

    request: ChangeRequest
    asked_by: str
    differences: Sequence[Difference]


def held(at: datetime | None = None) -> VersionQuerySet:
    """Return every definition as it stood at the moment; without one, as it stands."""
    every = Version.objects.all()
    return every.as_of(at) if at else every.current()


def read(kind: str, key: str, *, at: datetime | None = None) -> Definition:
    """Return what a name meant at the moment; without one, what it means.

    Raises:
        NotDefined: nothing was ever called so.
    """
    if "\0" in key:
        raise NotDefined(f"Nothing of the kind {kind} is called so.")
    standing = held(at)
    version = standing.filter(kind=kind, key=key).select_related("domain").first()
    if version is None:
        latest = Version.objects.of(kind, key).first()
        if latest is None:
            raise NotDefined(f"Nothing of the kind {kind} is called {key}.")
        return Definition(kind, key, name_of(latest), "", None)
    owned = ownership(version, standing)
    owners, stewards = _people(version.domain)
    return Definition(
        kind=kind,
        key=key,
        name=name_of(version),
        meaning=str(version.body.get("meaning", "")),
        version=version,
        lines=lines(kind, version.body),
        owned=lines(owned.kind, owned.body) if owned else (),
        flows=flows(version, standing),
        groups=around(version, standing),
        readers=readers(kind, key, standing),
        origins=origins(version, standing),
        pages=calculations.pages(key) if kind == Kind.KPI else (),
        owners=owners,
        stewards=stewards,
    )


def versions(kind: str, key: str) -> VersionQuerySet:
    """Return every version with all that its step tells, the newest first."""
    return (
        Version.objects.of(kind, key)
        .select_related(
            "operation__revision__request__requested_by",
            "operation__revision__request__application",
        )
        .prefetch_related(
            Prefetch(
                "operation__revision__decisions",
                Decision.objects.select_related("by"),
            )
        )
        # The version says word for word what its operation does.
        .defer("operation__body")
    )


def steps(shown: Sequence[Version]) -> list[Step]:
    """Return what each version changed of the one after it, which is the one before.

    The last one given is only compared with, unless it is the first there was.
    """
    before = [*shown[1:], None]
    return [
        _step(version, earlier)
        for version, earlier in zip(shown, before, strict=True)
        if earlier is not None or version.number == 1
    ]


def compared(
    kind: str, key: str, older: int, newer: int
) -> tuple[Version, Version, list[Difference]] | None:
    """Return what two versions say differently; none where one of them is not there."""
    found = {
        each.number: each
        for each in Version.objects.of(kind, key).filter(number__in=[older, newer])
    }
    if older == newer or len(found) < 2:
        return None
    before, after = found[min(older, newer)], found[max(older, newer)]
    return before, after, differences(before, after)


def pending(kind: str, key: str, *, reader: User) -> list[Pending]:
    """Return the open requests on a definition; a draft is shown to whoever writes it."""
    asked = (
        Operation.objects.filter(
            kind=kind,
            key=key,
            revision__number=F("revision__request__revision"),
            revision__request__state__in=ChangeRequest.OPEN,
        )
        .exclude(
            ~Q(revision__request__requested_by=reader),
            revision__request__state=ChangeRequest.State.DRAFT,
        )
        .select_related("revision__request__requested_by", "base")
        .order_by("-revision__request__made_at", "-pk")
    )
    return [
        Pending(
            request=each.revision.request,
            asked_by=called(each.revision.request.requested_by),
            differences=differences(each.base, each),
        )
        for each in asked
    ]


def called(user: User | None) -> str:
    """Return how a page names somebody; nobody asked for what was there to begin with."""
    if user is None:
        return "the installation"
    return user.get_full_name() or user.get_username()


def _step(version: Version, before: Version | None) -> Step:
    revision = version.operation.revision
    request = revision.request
    said = [each for each in revision.decisions.all() if each.cycle == request.cycle]
    return Step(
        version=version,
        since=version.valid_during.lower,
        until=version.valid_during.upper,
        differences=differences(before, version),
        request=request,
        asked_by=called(request.requested_by),
        approved_by=[
            called(each.by) for each in said if each.verdict == Decision.Verdict.APPROVE
        ],
        was_forced=any(each.verdict == Decision.Verdict.OVERRIDE for each in said),
    )


def _people(domain: Domain) -> tuple[list[str], list[str]]:
    """Return who owns and who stewards a domain today, by name."""
    found = (
        User.objects.filter(
            is_active=True, groups__in=[domain.owners_id, domain.stewards_id]
        )
        .annotate(group=F("groups"))
        .order_by("first_name", "last_name", "username")
    )
    named = [(each.group, called(each)) for each in found]
    return (
        [name for group, name in named if group == domain.owners_id],
        [name for group, name in named if group == domain.stewards_id],
    )
