"""Pairs of one evidence, answered together: which there are, and one batch's samples."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from governance import changes
from governance.people import asking
from identity import queue
from identity.models import Batch
from identity.queue import batches, larger
from identity.views.review import may_read, page, to_sample

_TOLD = 3


@may_read
@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """List the evidence that more than one waiting pair has; a button opens a batch."""
    reader = asking(request)
    if request.method == "POST":
        digest = request.POST.get("evidence", "").replace("\x00", "")[:64]

        def begin() -> HttpResponse:
            made = batches.open_batch(
                evidence_digest=digest, by=reader, at=timezone.now()
            )
            return redirect("identity:batch", made.pk)

        return _do(request, None, begin)
    found = batches.alike()
    return page(
        request,
        "identity/batches.html",
        {
            "alike": found,
            "pairs": sum(each.count for each in found),
            "unfinished": batches.unfinished(by=reader),
            "may_decide": queue.may_decide(reader),
        },
    )


@may_read
@require_http_methods(["GET"])
def show(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Show one batch: what was said of its samples, and what may come of that."""
    found = get_object_or_404(Batch.objects.select_related("by"), pk=batch_id)
    sheet = batches.read(found)
    reader = asking(request)
    return page(
        request,
        "identity/batch.html",
        {
            "sheet": sheet,
            "next": batches.next_sample(sheet),
            "is_theirs": found.by_id == reader.pk and queue.may_decide(reader),
            "is_too_many": sheet.rest > sheet.limit,
        },
    )


@may_read
@require_POST
def following(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Claim the next sample and lead there."""
    found = get_object_or_404(Batch, pk=batch_id)
    return _do(request, batch_id, lambda: to_sample(request, found))


@may_read
@require_POST
def answer(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Say of the rest what was said of the samples."""

    def act() -> HttpResponse:
        done = batches.answer_rest(
            batch_id=_batch(batch_id),
            by=asking(request),
            reason=request.POST.get("reason", ""),
            at=timezone.now(),
        )
        _tell(request, done, "answered")
        return redirect("identity:batch", batch_id)

    return _do(request, batch_id, act)


@may_read
@require_POST
def undo(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Take back one answer of the batch, or all of them."""

    def act() -> HttpResponse:
        by, at, named = asking(request), timezone.now(), request.POST.get("answer", "")
        if named.isascii() and named.isdigit() and len(named) < 19:
            undone = queue.take_back(answer_id=int(named), by=by, at=at)
            messages.success(request, f"{undone.candidate}: {undone.reason}")
        else:
            done = batches.take_back(batch_id=_batch(batch_id), by=by, at=at)
            _tell(request, done, "taken back")
        return redirect("identity:batch", batch_id)

    return _do(request, batch_id, act)


@may_read
@require_POST
def enlarge(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Draft the request that lets a batch be larger than was agreed on."""

    def act() -> HttpResponse:
        made = larger.propose(
            batch_id=_batch(batch_id), by=asking(request), at=timezone.now()
        )
        messages.success(request, "Drafted. Read it, and put it to review.")
        return redirect("governance:request", made.pk)

    return _do(request, batch_id, act)


def _batch(batch_id: int) -> int:
    return get_object_or_404(Batch, pk=batch_id).pk


def _do(
    request: HttpRequest, batch_id: int | None, act: Callable[[], HttpResponse]
) -> HttpResponse:
    """Do what a button says, and lead back; a refusal is a sentence there."""
    try:
        return act()
    except (queue.ReviewError, changes.ChangeError) as refused:
        messages.warning(request, str(refused))
    if batch_id is None:
        return redirect("identity:batches")
    return redirect("identity:batch", batch_id)


def _tell(request: HttpRequest, done: batches.Done, what: str) -> None:
    """Say to how many pairs it was done, and of some others why not."""
    pairs = "1 pair" if done.pairs == 1 else f"{done.pairs:,} pairs"
    messages.success(request, f"{pairs} {what}.")
    for pair, sentence in done.refused[:_TOLD]:
        messages.warning(request, f"{pair} was left as it is: {sentence}")
    if len(done.refused) > _TOLD:
        more = len(done.refused) - _TOLD
        messages.warning(request, f"{more:,} more were left as they are. They wait.")
