"""The desk, the page of a request, and what is done on it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_POST

from governance import (
    changes,
    desk,
    dossier,
    effects,
    people,
    preview,
    reviews,
    since,
    unwell,
)
from governance.kinds import KINDS
from governance.models import ChangeRequest, FreezeWindow, Kind, User

ROWS = 50
# What a desk shows of each pile; the list of all has the rest.
PILE = 25

States = ChangeRequest.State
may_read = permission_required("governance.view_changerequest", raise_exception=True)


@may_read
def index(request: HttpRequest) -> HttpResponse:
    """Show the desk: what waits for the reader, what they asked for, what came of it."""
    asker, now = people.asking(request), timezone.now()
    came_before = since.come(asker, at=now)
    every = ChangeRequest.objects.all()
    mine = every.filter(requested_by=asker)
    applied = every.filter(state__in=[States.APPLIED, States.REVERTED])
    return page(
        request,
        "governance/desk.html",
        {
            "to_decide": _pile(desk.to_decide(asker)),
            "emergencies": _pile(desk.emergencies()),
            "owed_reviews": reviews.owed(asker, at=now),
            "suggested": _pile(desk.suggested(asker).exclude(requested_by=asker)),
            "mine": _pile(mine),
            "scheduled": _pile(
                every.filter(state__in=[States.APPROVED, States.SCHEDULED])
            ),
            "applied": _pile(
                applied.filter(is_bootstrap=False).order_by("-application__at")
            ),
            "since": came_before,
            "news": since.news(asker, since=came_before) if came_before else [],
            "unwell": unwell.of(asker, at=now),
            "may_propose": people.may_propose(asker),
            "may_suggest": people.may_suggest(asker),
        },
    )


@may_read
def every(request: HttpRequest) -> HttpResponse:
    """List every request, the newest first; ``?state=`` leaves those in that state."""
    state = request.GET.get("state", "")
    found = ChangeRequest.objects.all()
    if state in States.values:
        found = found.filter(state=state)
    shown = Paginator(desk.with_what_it_touches(found), ROWS)
    return page(
        request,
        "governance/every.html",
        {
            "page": shown.get_page(request.GET.get("page")),
            "states": States.choices,
            "state": state,
        },
    )


@may_read
def show(request: HttpRequest, request_id: int) -> HttpResponse:
    """Show one request: what changes, what it does, who says yes, what was said."""
    return _show(request, get_object_or_404(ChangeRequest, pk=request_id))


@dataclass(frozen=True)
class Pressed:
    """What was sent with a button of the page."""

    request_id: int
    digest: str
    words: str
    is_sure: bool
    by: User


@may_read
@require_POST
def act(request: HttpRequest, request_id: int, verb: str) -> HttpResponse:
    """Do what a button of the page says; a refusal is a sentence on the page."""
    if verb not in _VERBS:
        raise Http404(f"Nothing is called {verb} here.")
    found = get_object_or_404(ChangeRequest, pk=request_id)
    pressed = Pressed(
        request_id=found.pk,
        digest=request.POST.get("digest", ""),
        words=request.POST.get("words", "").replace("\0", ""),
        is_sure=request.POST.get("sure") == "yes",
        by=people.asking(request),
    )
    try:
        goes_to = _VERBS[verb](pressed)
    except (changes.ChangeError, effects.PreviewError) as refused:
        status = 403 if isinstance(refused, changes.NotYours) else 409
        found.refresh_from_db()
        return _show(
            request, found, status=status, refusal=str(refused), words=pressed.words
        )
    messages.success(request, _SAID[verb])
    return redirect("governance:request", goes_to)


def page(
    request: HttpRequest, template: str, context: Mapping[str, Any], status: int = 200
) -> HttpResponse:
    """Return a page that says what waits now, for one reader."""
    frozen = FreezeWindow.objects.covering(timezone.now()).first()
    response = render(
        request,
        template,
        {"section": "changes", "frozen": frozen, **context},
        None,
        status,
    )
    patch_cache_control(response, private=True, no_cache=True)
    return response


def _show(
    request: HttpRequest, found: ChangeRequest, *, status: int = 200, **context: str
) -> HttpResponse:
    asker = people.asking(request)
    told = dossier.read(found, by=asker, at=timezone.now())
    measured = effects.of(changes.current_revision(found))
    kinds = [(kind, Kind(kind).label) for kind in KINDS]
    return page(
        request,
        "governance/request.html",
        {
            "dossier": told,
            "page": Paginator(told.asked, ROWS).get_page(request.GET.get("page")),
            "beside": desk.beside(asker, found),
            "kinds": kinds,
            "preview": measured,
            "is_stale": measured is not None
            and found.is_open
            and effects.is_stale(measured),
            "can_measure": found.is_open
            and effects.can_tell([each.operation for each in told.asked]),
            **context,
        },
        status,
    )


def _pile(requests: Any) -> list[ChangeRequest]:
    return list(desk.with_what_it_touches(requests)[:PILE])


def _decides(verb: Callable[..., ChangeRequest]) -> Callable[[Pressed], int]:
    """Return what a button does that says yes or no to what was read."""

    def decide(pressed: Pressed) -> int:
        request = verb(
            request_id=pressed.request_id, digest=pressed.digest, by=pressed.by,
            at=timezone.now(), comment=pressed.words,
        )  # fmt: skip
        return request.pk

    return decide


def _comment(pressed: Pressed) -> int:
    if not people.may_suggest(pressed.by):
        raise changes.NotYours("You read what is said here, and take no part in it.")
    changes.comment(
        request_id=pressed.request_id, text=pressed.words, by=pressed.by,
        at=timezone.now(),
    )  # fmt: skip
    return pressed.request_id


@transaction.atomic
def _submit(pressed: Pressed) -> int:
    """Put it to review, and have measured what it does for whoever decides."""
    request_id, by, at = pressed.request_id, pressed.by, timezone.now()
    request = changes.submit(request_id=request_id, by=by, at=at)
    if effects.can_tell(list(changes.current_revision(request).operations.all())):
        preview.ask(request_id=request_id, by=by, at=at)
    return request_id


def _measure(pressed: Pressed) -> int:
    preview.ask(request_id=pressed.request_id, by=pressed.by, at=timezone.now())
    return pressed.request_id


def _recall(pressed: Pressed) -> int:
    changes.recall(request_id=pressed.request_id, by=pressed.by)
    return pressed.request_id


def _withdraw(pressed: Pressed) -> int:
    changes.withdraw(request_id=pressed.request_id, by=pressed.by)
    return pressed.request_id


def _apply(pressed: Pressed) -> int:
    _only_proposers(pressed.by)
    changes.apply(
        request_id=pressed.request_id, digest=pressed.digest, by=pressed.by,
        at=timezone.now(),
    )  # fmt: skip
    return pressed.request_id


def _revert(pressed: Pressed) -> int:
    _only_proposers(pressed.by)
    if not pressed.words.strip():
        raise changes.Unsound("Say why it must not stand: who decides reads it.")
    made = changes.revert(
        request_id=pressed.request_id, reason=pressed.words, by=pressed.by,
        at=timezone.now(),
    )  # fmt: skip
    return made.pk


def _break_glass(pressed: Pressed) -> int:
    if not pressed.is_sure:
        raise changes.ChangeError("Tick that you cannot wait, and answer for it.")
    changes.override(
        request_id=pressed.request_id, digest=pressed.digest, by=pressed.by,
        at=timezone.now(), reason=pressed.words,
    )  # fmt: skip
    return pressed.request_id


def _only_proposers(user: User) -> None:
    if not people.may_propose(user):
        raise changes.NotYours(
            "You may suggest a change. A steward or a data owner lets it take effect."
        )


_VERBS: dict[str, Callable[[Pressed], int]] = {
    "approve": _decides(changes.approve),
    "request-changes": _decides(changes.request_changes),
    "reject": _decides(changes.reject),
    "comment": _comment,
    "submit": _submit,
    "measure": _measure,
    "recall": _recall,
    "withdraw": _withdraw,
    "apply": _apply,
    "revert": _revert,
    "break-glass": _break_glass,
}
_SAID = {
    "approve": "You said yes.",
    "request-changes": "You asked for changes; whoever wrote it reads why.",
    "reject": "You said no. What holds goes on to hold.",
    "comment": "Your comment stands below.",
    "submit": "It is in review.",
    "measure": "A worker measures it. Look again in a minute.",
    "recall": "It is a draft again.",
    "withdraw": "It was withdrawn.",
    "apply": "It has taken effect.",
    "revert": "This draft asks for what held before. Put it to review.",
    "break-glass": "It has taken effect without its approvals. Everybody is told until "
    "it is reviewed.",
}
