"""What others did since somebody was last at their desk."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from governance.models import (
    Application,
    ChangeRequest,
    Comment,
    Decision,
    Domain,
    Operation,
    User,
    Visit,
)

# Who looks again sooner has not been away.
AWAY = timedelta(minutes=30)
# As many as anybody reads; the list of every request has the rest.
SHOWN = 20
_WORDS_SHOWN = 140

_DECIDED: dict[str, str] = {
    Decision.Verdict.APPROVE: "said yes to",
    Decision.Verdict.REQUEST_CHANGES: "asked for changes to",
    Decision.Verdict.REJECT: "rejected",
    Decision.Verdict.OVERRIDE: "put into effect without approval",
}


@dataclass(frozen=True)
class News:
    """Something somebody else did."""

    at: datetime
    by: str
    did: str
    request_id: int
    title: str
    words: str = ""


def come(user: User, *, at: datetime) -> datetime | None:
    """Note that the user is at their desk; return when they had come before.

    Nothing where they never had. It is written down once per visit, not per page.
    """
    visit = Visit.objects.filter(user=user).first()
    if visit is None:
        # Two windows that open at once are one visit.
        Visit.objects.bulk_create([Visit(user=user, at=at)], ignore_conflicts=True)
        return None
    if visit.at > at - AWAY:
        return visit.before
    Visit.objects.filter(user=user, at=visit.at).update(at=at, before=visit.at)
    return visit.at


def news(user: User, *, since: datetime) -> list[News]:
    """Return what others did since then that is the user's business, the latest first.

    That is what was said of their requests, and what took effect in the domains they
    answer for; in all of them, for whoever answers for none.
    """
    found = [
        *_decisions(user, since),
        *_comments(user, since),
        *_applications(user, since),
    ]
    return sorted(found, key=lambda each: each.at, reverse=True)[:SHOWN]


def _theirs(user: User) -> Q:
    wrote = ChangeRequest.objects.filter(contributors__user=user).values("pk")
    return Q(request__requested_by=user) | Q(request__in=wrote)


def _decisions(user: User, since: datetime) -> Iterator[News]:
    heard = Decision.objects.filter(_theirs(user), at__gt=since).exclude(by=user)
    for each in heard.select_related("request", "by").order_by("-at")[:SHOWN]:
        yield News(
            each.at, _name(each.by), _DECIDED[each.verdict], each.request_id,
            each.request.title, _short(each.comment),
        )  # fmt: skip


def _comments(user: User, since: datetime) -> Iterator[News]:
    said = Comment.objects.filter(_theirs(user), at__gt=since).exclude(by=user)
    for each in said.select_related("request", "by").order_by("-at")[:SHOWN]:
        yield News(
            each.at, _name(each.by), "spoke of", each.request_id, each.request.title,
            _short(each.text),
        )  # fmt: skip


def _applications(user: User, since: datetime) -> Iterator[News]:
    groups = user.groups.values("pk")
    answered = Domain.objects.filter(Q(owners__in=groups) | Q(stewards__in=groups))
    keys = list(answered.values_list("key", flat=True))
    done = Application.objects.filter(at__gt=since, request__is_bootstrap=False)
    if keys:
        touching = Operation.objects.filter(revision=OuterRef("revision"))
        done = done.filter(
            Exists(touching.filter(Q(domain__in=keys) | Q(base__domain__in=keys)))
        )
    others = done.exclude(by=user)
    for each in others.select_related("request", "by").order_by("-at")[:SHOWN]:
        yield News(
            each.at, _name(each.by), "put into effect", each.request_id,
            each.request.title,
        )  # fmt: skip


def _name(user: User | None) -> str:
    return "The installation" if user is None else user.get_full_name() or str(user)


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _WORDS_SHOWN else f"{words[: _WORDS_SHOWN - 1]}…"
