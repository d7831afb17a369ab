"""The steward's queue: what waits, one pair in full, and what somebody says of it."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_GET, require_POST

from governance.models import User
from governance.people import asking
from identity import contacts, dossier, queue
from identity.models import Batch, HeldRun, MatchCandidate
from identity.queue import batches, numbers

may_read = permission_required("identity.view_matchcandidate", raise_exception=True)
_WHY = "Said in the review queue."
_NOTHING_WAITS = (
    "Nothing waits for you now. What is held or referred comes back by itself."
)


@may_read
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Show how much waits, of what age and worth, who decides how much, how they agree."""
    reader, now = asking(request), timezone.now()
    return page(
        request,
        "identity/queue.html",
        {
            "queue": numbers.overview(by=reader, at=now),
            "may_decide": queue.may_decide(reader),
            "is_held": HeldRun.objects.filter(passed_at=None).exists(),
        },
    )


@may_read
@require_GET
def show(
    request: HttpRequest, pair_id: int, batch_id: int | None = None
) -> HttpResponse:
    """Show one pair in full; its answers are there for whoever has claimed it."""
    return _show(request, pair_id, batch=_batch(request, batch_id))


@may_read
@require_POST
def following(request: HttpRequest) -> HttpResponse:
    """Claim the next pair and lead there; ``after`` and ``before`` go on from one."""
    return _do(request, None, lambda: _to_next(request))


@may_read
@require_POST
def claim(request: HttpRequest, pair_id: int) -> HttpResponse:
    """Claim this very pair."""

    def take() -> HttpResponse:
        queue.claim(candidate_id=pair_id, by=asking(request), at=timezone.now())
        return redirect("identity:pair", pair_id)

    return _do(request, pair_id, take)


@may_read
@require_POST
def release(request: HttpRequest, pair_id: int) -> HttpResponse:
    """Let others have the pair."""
    queue.release(candidate_id=pair_id, by=asking(request))
    return redirect("identity:queue")


@may_read
@require_POST
def answer(request: HttpRequest, pair_id: int) -> HttpResponse:
    """Take an answer and lead to the next pair. One that was sent twice counts once."""

    def take() -> HttpResponse:
        by, at = asking(request), timezone.now()
        found = get_object_or_404(MatchCandidate.objects.with_records(), pk=pair_id)
        seconds = None
        if found.claimed_by_id == by.pk and found.claimed_until is not None:
            seconds = (at - found.claimed_until + queue.LEASE).total_seconds()
        given = _given(request, seconds)
        said = queue.answer(candidate_id=pair_id, given=given, by=by, at=at)
        messages.success(
            request, f"{said.get_said_display()}: {found}. Undo takes it back."
        )
        return to_sample(request, given.batch) if given.batch else _to_next(request)

    try:
        return _do(request, pair_id, take)
    except queue.AlreadyDecided as decided:
        messages.info(request, str(decided))
        return _do(request, pair_id, lambda: _to_next(request))


@may_read
@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """Take back the reader's last answer, and lead to its pair."""

    def take() -> HttpResponse:
        undone = queue.undo(by=asking(request), at=timezone.now())
        messages.success(request, undone.reason)
        return redirect("identity:pair", undone.candidate_id)

    return _do(request, None, take)


def page(
    request: HttpRequest, template: str, context: Mapping[str, Any], status: int = 200
) -> HttpResponse:
    """Return a page that says what waits now, for one reader."""
    response = render(request, template, {"section": "review", **context}, None, status)
    patch_cache_control(response, private=True, no_store=True)
    return response


def to_sample(request: HttpRequest, batch: Batch) -> HttpResponse:
    """Claim the batch's next sample and lead there; after the last to the batch."""
    sample = batches.next_sample(batches.read(batch))
    if sample is None:
        return redirect("identity:batch", batch.pk)
    queue.claim(candidate_id=sample.pk, by=asking(request), at=timezone.now())
    return redirect("identity:pair_of_batch", batch.pk, sample.pk)


def _do(
    request: HttpRequest, pair_id: int | None, act: Callable[[], HttpResponse]
) -> HttpResponse:
    """Do what a button says; a refusal is a sentence on the page it was pressed on."""
    try:
        return act()
    except queue.AlreadyDecided:
        raise
    except queue.ReviewError as refused:
        status = 403 if isinstance(refused, queue.NotASteward) else 409
        if pair_id is not None:
            batch = _batch(request, _number(request.POST.get("batch", "")))
            return _show(
                request, pair_id, batch=batch, refusal=str(refused), status=status
            )
        messages.warning(request, str(refused))
        return redirect("identity:queue")


def _to_next(request: HttpRequest) -> HttpResponse:
    """Claim the next pair and lead there; where nothing waits, to what there is."""
    found = queue.claim_next(
        by=asking(request),
        at=timezone.now(),
        after=_named(request, "after"),
        before=_named(request, "before"),
    )
    if found is None:
        messages.info(request, _NOTHING_WAITS)
        return redirect("identity:queue")
    return redirect("identity:pair", found.pk)


def _batch(request: HttpRequest, number: int | None) -> Batch | None:
    """Return the reader's batch the pair is read for, if it is."""
    return None if number is None else batches.one_of(number, by=asking(request))


def _named(request: HttpRequest, name: str) -> MatchCandidate | None:
    number = _number(request.POST.get(name, ""))
    if number is None:
        return None
    return MatchCandidate.objects.filter(pk=number).first()


def _number(typed: str) -> int | None:
    is_one = typed.isascii() and typed.isdigit() and len(typed) < 19
    return int(typed) if is_one else None


def _given(request: HttpRequest, seconds: float | None) -> queue.Given:
    typed = request.POST
    kind, _, value = typed.get("identifier", "").partition(":")
    return queue.Given(
        said=typed.get("said", ""),
        evidence_digest=typed.get("digest", ""),
        reason=queue.in_words(typed.get("reason", "")) or _WHY,
        learn=typed.get("silent") != "yes",
        seconds=seconds,
        until=_day(typed.get("until", "")),
        to=_colleague(typed.get("to", "")),
        identifier=(kind, value) if value else None,
        batch=_batch(request, _number(typed.get("batch", ""))),
    )


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def _colleague(typed: str) -> User | None:
    if not (typed.isascii() and typed.isdigit() and len(typed) < 10):
        return None
    return User.objects.filter(pk=int(typed)).first()


def _show(
    request: HttpRequest,
    pair_id: int,
    *,
    batch: Batch | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    reader, now = asking(request), timezone.now()
    pairs = MatchCandidate.objects.with_records()
    found = get_object_or_404(
        pairs.select_related("claimed_by", "decided_by", "referred_to"), pk=pair_id
    )
    return page(
        request,
        "identity/pair.html",
        {
            "dossier": dossier.read(found, by=reader, at=now),
            "may_decide": queue.may_decide(reader),
            "may_see": contacts.may_see(reader),
            "colleagues": numbers.stewards().exclude(pk=reader.pk),
            "last": queue.last_answer(reader),
            "tomorrow": date.fromordinal(queue.day_of(now).toordinal() + 1),
            "in_a_week": date.fromordinal(queue.day_of(now).toordinal() + 7),
            "refusal": refusal,
            "batch": batch,
        },
        status,
    )
