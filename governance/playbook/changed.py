"""What the playbook says otherwise on one day than on another."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from governance import dictionary
from governance.dictionary import Difference
from governance.kinds import KINDS
from governance.models import Kind, State, Version
from governance.models.versions import VersionQuerySet

_ORDER = {str(kind): place for place, kind in enumerate(KINDS)}


@dataclass(frozen=True)
class Change:
    """One definition that is new, was given up, or says these parts otherwise.

    ``request_id`` asked for the wording it has on the later day, the last of ``steps``.
    """

    version: Version
    before: Version | None
    name: str
    words: str
    differences: Sequence[Difference]
    request_id: int
    steps: int

    @property
    def is_new(self) -> bool:
        return self.before is None or self.before.state == State.RETIRED

    @property
    def is_gone(self) -> bool:
        return str(self.version.state) == State.RETIRED


@dataclass(frozen=True)
class Changes:
    """All that is said otherwise; a definition stands in one of the three."""

    new: tuple[Change, ...]
    given_up: tuple[Change, ...]
    changed: tuple[Change, ...]

    @property
    def n(self) -> int:
        return len(self.new) + len(self.given_up) + len(self.changed)


def between(earlier: datetime, later: datetime | None) -> Changes:
    """Return what held at the later moment and not at the earlier one, or otherwise.

    Without a later moment it is compared with what holds now. What came and went in
    between held on neither day.
    """
    then = _held(earlier)
    now = _held(later).select_related("operation__revision")
    gone = {
        (each.kind, each.key): each
        for each in then.exclude(pk__in=_held(later).values("pk"))
    }
    came = sorted(
        now.exclude(pk__in=then.values("pk")),
        key=lambda each: (_ORDER[each.kind], each.key),
    )
    made = [_change(gone.get((each.kind, each.key)), each) for each in came]
    return Changes(
        new=tuple(one for one in made if one.is_new and not one.is_gone),
        given_up=tuple(one for one in made if one.is_gone and not one.is_new),
        changed=tuple(one for one in made if not one.is_new and not one.is_gone),
    )


def _held(at: datetime | None) -> VersionQuerySet:
    # Who has which role is nothing for everybody.
    return dictionary.held(at).exclude(kind=Kind.PERMISSION)


def _change(before: Version | None, after: Version) -> Change:
    return Change(
        version=after,
        before=before,
        name=str(after.body.get("name") or after.key),
        words=dictionary.in_short(after),
        differences=dictionary.differences(before, after),
        request_id=after.operation.revision.request_id,
        steps=after.number - (before.number if before else 0),
    )
