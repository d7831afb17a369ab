"""Answers from a file: read first, and taken as a whole once nothing is wrong with it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from governance.people import asking
from identity import queue
from identity.queue import importing
from identity.views.review import may_read, page

_MOST_BYTES = 1_000_000


@may_read
@require_http_methods(["GET", "POST"])
def answers(request: HttpRequest) -> HttpResponse:
    """Show what a file would answer; the second time, answer it."""
    reader = asking(request)
    if request.method == "GET":
        return _page(request)
    try:
        text = _text(request)
        taken = importing.take(
            text, by=reader, at=timezone.now(), write=request.POST.get("take") == "yes"
        )
    except queue.ReviewError as refused:
        status = 403 if isinstance(refused, queue.NotASteward) else 409
        return _page(request, refusal=str(refused), status=status)
    if taken.is_written:
        number = len(taken.rows)
        messages.success(
            request,
            f"{number:,} pair{'' if number == 1 else 's'} answered by your file.",
        )
        return redirect("identity:queue")
    return _page(request, taken=taken, text=text, status=409 if taken.faults else 200)


def _text(request: HttpRequest) -> str:
    """Return the file that was sent, or the one that was read before.

    Raises:
        Unreadable: there is none, it is too long, or no text.
    """
    file = request.FILES.get("file")
    if file is None:
        text = request.POST.get("text", "")
        if not text:
            raise queue.Unreadable("Choose the file with your answers first.")
        return text
    if (file.size or 0) > _MOST_BYTES:
        raise queue.Unreadable("The file is longer than a megabyte. Send it in parts.")
    try:
        return bytes(file.read()).decode("utf-8").replace("\x00", "")
    except UnicodeDecodeError as error:
        raise queue.Unreadable(
            "The file is no text in UTF-8. Save it as such."
        ) from error


def _page(
    request: HttpRequest,
    *,
    taken: importing.Taken | None = None,
    text: str = "",
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    return page(
        request,
        "identity/import.html",
        {
            "taken": taken,
            "text": text,
            "refusal": refusal,
            "most": importing.MOST_ROWS,
            "may_decide": queue.may_decide(asking(request)),
        },
        status,
    )
