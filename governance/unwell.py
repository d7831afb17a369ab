"""What somebody answers for and is not as it should be: asked each time they come.

Governance knows of definitions and requests. What is wrong with the data and the numbers
an app above says, which has registered its ``Signs``. All of it is cheap: a page waits.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.db.models import Count, Q
from django.urls import reverse

from governance.models import ChangeRequest, Domain, State, User, Version

# The definitions in force that somebody answers for: their keys by their kind.
type Mine = Mapping[str, frozenset[str]]

States = ChangeRequest.State
# What is of high risk is approved by two.
_ENOUGH = 2
_SOON = timedelta(days=3)
_STUCK = (States.CONFLICTED, States.FAILED, States.CHANGES_REQUESTED)


@dataclass(frozen=True)
class Sign:
    """One thing that is not as it should be, in words, and where to do something about it."""

    what: str
    words: str
    address: str = ""


class Signs(Protocol):
    """What an app can say of the definitions somebody answers for."""

    def __call__(self, mine: Mine, *, at: datetime) -> Iterable[Sign]: ...


_asked: list[Signs] = []


def register(signs: Signs) -> None:
    """Ask here too; registering it again changes nothing."""
    if signs not in _asked:
        _asked.append(signs)


def of(user: User, *, at: datetime) -> list[Sign]:
    """Return what is unwell of what the user asked for, and answers for, at the moment."""
    theirs = Version.objects.current().in_use().filter(_answers("domain__", user))
    held = list(
        theirs.order_by("kind", "key")
        .distinct()
        .values("kind", "key", "state", "successor", "body__name")
    )
    found = [*_stuck(user, at), *_left_alone(user), *_without_successor(held)]
    mine = _by_kind(held)
    # Whoever answers for nothing has nothing of theirs to be unwell.
    for signs in _asked if mine else []:
        found.extend(signs(mine, at=at))
    return found


def sign_of(kind: str, key: str, words: str, *, name: str = "") -> Sign:
    """Return a sign that leads to the definition it is of."""
    return Sign(name or key, words, reverse("governance:definition", args=[kind, key]))


def _by_kind(held: Iterable[Mapping[str, Any]]) -> Mine:
    found = defaultdict(set)
    for each in held:
        found[each["kind"]].add(each["key"])
    return {kind: frozenset(keys) for kind, keys in found.items()}


def _answers(prefix: str, user: User) -> Q:
    groups = user.groups.values("pk")
    return Q(**{f"{prefix}owners__in": groups}) | Q(**{f"{prefix}stewards__in": groups})


def _stuck(user: User, at: datetime) -> Iterator[Sign]:
    """What was asked for and goes no further by itself."""
    asked = ChangeRequest.objects.filter(
        Q(state__in=_STUCK) | Q(state=States.IN_REVIEW, expires_at__lte=at + _SOON),
        requested_by=user,
    )
    for request in asked.order_by("expires_at", "pk"):
        words = request.note or f"Changes: {request.get_state_display().lower()}."
        if request.state == States.IN_REVIEW:
            words = f"Nobody needed has decided, and it runs out on {_day(request)}."
        yield Sign(
            request.title, words, reverse("governance:request", args=[request.pk])
        )


def _left_alone(user: User) -> Iterator[Sign]:
    """Domains too few people own for what is of high risk to be approved."""
    able = Q(owners__user__is_active=True, owners__user__is_superuser=False)
    domains = Domain.objects.filter(_answers("", user)).distinct().order_by("name")
    for each in domains.annotate(
        able=Count("owners__user", filter=able, distinct=True)
    ):
        if each.able < _ENOUGH:
            who = "One person owns" if each.able else "Nobody owns"
            yield Sign(
                each.name,
                f"{who} it, and what is of high risk is approved by two. An "
                f"administrator asks for somebody to join {each.owners}.",
            )


def _without_successor(held: Iterable[Mapping[str, Any]]) -> Iterator[Sign]:
    for each in held:
        if each["state"] == State.DEPRECATED and not each["successor"]:
            yield sign_of(
                each["kind"], each["key"],
                "It is deprecated, and nothing is said to follow it.",
                name=each["body__name"] or "",
            )  # fmt: skip


def _day(request: ChangeRequest) -> str:
    return f"{request.expires_at:%d %B}"
