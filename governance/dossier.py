"""One change request as those who decide on it read it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.contrib.auth.models import Group

from governance import changes, differences
from governance.models import (
    ChangeRequest,
    Comment,
    Decision,
    Domain,
    GovernanceEvent,
    Kind,
    Operation,
    Revision,
    User,
    Version,
)
from governance.people import may_propose, may_suggest

States = ChangeRequest.State
Risk = ChangeRequest.Risk

WHY = {
    Risk.LOW: "Only words change, and no number with them.",
    Risk.MEDIUM: "Something new is defined, or more than words change.",
    Risk.HIGH: "It touches what decides what a number is, or who may do what.",
}
QUORUM = {
    Risk.LOW: "One person says yes: an owner or a steward of each domain.",
    Risk.MEDIUM: "One person says yes: an owner of each domain.",
    Risk.HIGH: "Two people say yes, among them an owner of each domain.",
}
ABOUT_PEOPLE = (
    "Two people say yes, among them an owner of each domain. An administrator is one of "
    "them, or asks for it. Nobody decides on what they may do themselves."
)


@dataclass(frozen=True)
class Asked:
    """One definition as it shall be, beside what it was written against.

    ``moved`` is the version that holds by now, where that is another one.
    """

    operation: Operation
    moved: Version | None

    @cached_property
    def changes(self) -> list[differences.Change]:
        return differences.between(self.operation.base, self.operation)

    @property
    def changed(self) -> list[differences.Change]:
        return [change for change in self.changes if change.is_one]

    @property
    def kept(self) -> list[differences.Change]:
        return [change for change in self.changes if not change.is_one]


@dataclass(frozen=True)
class Answering:
    """Who may say yes for a domain, and who has."""

    name: str
    group: str
    may: tuple[User, ...]
    said_yes: tuple[User, ...]


@dataclass(frozen=True)
class Heard:
    """A decision, and whether it still counts: an edit voids it."""

    decision: Decision
    counts: bool


@dataclass(frozen=True)
class Happening:
    """One thing the log says of the request."""

    at: datetime
    actor: str
    words: str
    reason: str


@dataclass(frozen=True)
class May:
    """What the reader may do with the request as it stands."""

    decide: bool
    review: bool
    submit: bool
    edit: bool
    recall: bool
    withdraw: bool
    apply: bool
    revert: bool
    break_glass: bool
    comment: bool

    @property
    def anything(self) -> bool:
        return any((self.submit, self.recall, self.withdraw, self.apply, self.revert))


@dataclass(frozen=True)
class Dossier:
    """All of a request that its page shows."""

    request: ChangeRequest
    revision: Revision
    asked: list[Asked]
    risk: str
    why_risk: str
    quorum: str
    answering: list[Answering]
    missing: str
    heard: list[Heard]
    comments: list[Comment]
    happened: list[Happening]
    why_not: str
    may: May

    @property
    def risk_name(self) -> str:
        return Risk(self.risk).label


def read(request: ChangeRequest, *, by: User, at: datetime) -> Dossier:
    """Return the request as ``by`` reads it."""
    revision = changes.current_revision(request)
    operations = list(revision.operations.select_related("base", "domain"))
    risk = _higher(request.risk, changes.risk_of(revision))
    decisions = list(request.decisions.select_related("by"))
    heard = [Heard(each, _counts(each, request, revision)) for each in decisions]
    deciding = request.state == States.IN_REVIEW or request.owes_review
    why_not = changes.why_not(request, by) if deciding else ""
    about_people = {each.key for each in operations if each.kind == Kind.PERMISSION}
    return Dossier(
        request=request,
        revision=revision,
        asked=_asked(request, operations),
        risk=risk,
        why_risk=WHY[Risk(risk)],
        quorum=ABOUT_PEOPLE if about_people else QUORUM[Risk(risk)],
        answering=_answering(revision, operations, risk, heard),
        missing=_missing(request),
        heard=heard,
        comments=list(request.comments.select_related("by")),
        happened=_happened(request),
        why_not=why_not,
        may=_may(
            request,
            by,
            at,
            free_to_decide=deciding and not why_not,
            about_people=bool(about_people),
        ),
    )


def may_write(request: ChangeRequest, by: User) -> bool:
    """Return whether somebody may edit the request: who asked, and who may ask."""
    return request.requested_by_id == by.pk or may_propose(by)


def _may(
    request: ChangeRequest,
    by: User,
    at: datetime,
    *,
    free_to_decide: bool,
    about_people: bool,
) -> May:
    state, proposes = request.state, may_propose(by)
    asked_for_it = request.requested_by_id == by.pk
    is_due = request.effective_at is None or request.effective_at <= at
    in_review = state == States.IN_REVIEW
    return May(
        decide=in_review and free_to_decide,
        review=request.owes_review and free_to_decide,
        submit=proposes and state in {States.DRAFT, States.CHANGES_REQUESTED},
        edit=request.is_open and may_write(request, by),
        recall=in_review and asked_for_it,
        withdraw=request.is_open and asked_for_it,
        apply=proposes and is_due and state in ChangeRequest.APPLICABLE,
        revert=proposes and state == States.APPLIED and not request.is_bootstrap,
        break_glass=in_review and changes.may_override(by) and not about_people,
        comment=may_suggest(by),
    )


def _asked(request: ChangeRequest, operations: list[Operation]) -> list[Asked]:
    holds = {
        (version.kind, version.key): version
        for version in Version.objects.current().filter(
            key__in=[each.key for each in operations]
        )
    }
    found = []
    for each in operations:
        now = holds.get((each.kind, each.key))
        is_moved = request.is_open and now is not None and now.pk != each.base_id
        found.append(Asked(each, now if is_moved else None))
    return found


def _answering(
    revision: Revision, operations: list[Operation], risk: str, heard: list[Heard]
) -> list[Answering]:
    touched = changes.domains_touched(revision)
    domains = Domain.objects.filter(key__in=touched).order_by("name")
    groups = {
        each.name: [each.owners, *([each.stewards] if risk == Risk.LOW else [])]
        for each in domains.select_related("owners", "stewards")
    }
    if any(each.kind == Kind.CONSENT for each in operations):
        groups["Consent"] = list(Group.objects.filter(name="privacy"))
    about = {each.key for each in operations if each.kind == Kind.PERMISSION}
    if about:
        groups["Administrators"] = list(Group.objects.filter(name="admin"))
    members = _members(
        revision.request,
        {group.pk for each in groups.values() for group in each},
        about=about,
    )
    yes = {
        each.decision.by_id
        for each in heard
        if each.counts and each.decision.verdict == Decision.Verdict.APPROVE
    }
    found = []
    for name, those in groups.items():
        may = dict.fromkeys(user for group in those for user in members[group.pk])
        said_yes = tuple(user for user in may if user.pk in yes)
        found.append(
            Answering(name, " or ".join(map(str, those)), tuple(may), said_yes)
        )
    return found


def _members(
    request: ChangeRequest, groups: set[int], *, about: set[str]
) -> dict[int, list[User]]:
    """Return who is in each group, but for those who may not decide on the request.

    ``about`` are the accounts whose rights it changes.
    """
    barred = set(request.contributors.values_list("user_id", flat=True))
    found = defaultdict(list)
    members = (
        User.groups.through.objects.filter(
            group__in=groups, user__is_active=True, user__is_superuser=False
        )
        .exclude(user__in=barred | {request.requested_by_id or 0})
        .exclude(user__username__in=about)
        .select_related("user")
        .order_by("user__username")
    )
    for each in members:
        found[each.group_id].append(each.user)
    return found


def _happened(request: ChangeRequest) -> list[Happening]:
    events = GovernanceEvent.objects.filter(request=request.pk).order_by("seq")
    return [
        Happening(each.at, each.actor, _words(each), each.reason)
        for each in events
        # That it was applied is told by the request, which becomes it.
        if each.object_type != "application"
    ]


def _words(event: GovernanceEvent) -> str:
    match event.object_type, event.verb:
        case "request", "opened":
            return "opened it as a draft"
        case "request", "changed":
            return "changed it"
        case "request", state:
            return f"now {States(state).label.lower()}"
        case "revision", _:
            return f"wrote revision {event.object_key.partition('/')[2]}"
        case "decision", verdict:
            cycle = event.object_key.partition("/")[2]
            label = Decision.Verdict(verdict).label.lower()
            return f"decided: {label} (review {cycle})"
        case kind, _ if kind in Kind.values and event.new:
            label = Kind(kind).label
            return f"{label} {event.object_key} is at version {event.new['number']}"
        case _:
            return f"{event.verb} {event.object_type} {event.object_key}"


def _counts(decision: Decision, request: ChangeRequest, revision: Revision) -> bool:
    return decision.cycle == request.cycle and decision.revision_id == revision.pk


def _missing(request: ChangeRequest) -> str:
    if request.owes_review:
        # What was let through in an emergency is asked for the approvals it went without.
        return changes.unapproved(request) or ""
    return (changes.missing(request) or "") if request.is_open else ""


def _higher(one: str, other: str) -> str:
    return max(one, other, key=Risk.values.index)
