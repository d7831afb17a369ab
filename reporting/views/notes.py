"""Writing a note under a board, and taking one back."""

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from governance import people
from governance.models import Storefront
from reporting import notes


@require_POST
def write(request: HttpRequest) -> HttpResponse:
    """Keep a note of a day or a month, and go back to the board it was written under."""
    said = request.POST
    on = _day(said.get("on", ""))
    if on is None:
        messages.warning(request, "Say which day or month it is of, as in 2017-03.")
        return _back(request)
    key = said.get("of", "")
    storefront = Storefront.objects.filter(key=key).first()
    if key and storefront is None:
        messages.warning(request, "There is no such storefront any more.")
        return _back(request)
    try:
        notes.write(
            text=said.get("text", ""),
            on=on,
            is_of_month=len(said.get("on", "").strip()) == len("2017-03"),
            storefront=storefront,
            by=people.asking(request),
            at=timezone.now(),
        )
    except notes.NoteError as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, "Your note stands beside the numbers.")
    return _back(request)


@require_POST
def take_back(request: HttpRequest, note_id: int) -> HttpResponse:
    """Show a note to nobody from now on."""
    try:
        notes.take_back(note_id=note_id, by=people.asking(request), at=timezone.now())
    except notes.NoteError as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, "The note was taken back.")
    return _back(request)


def _day(said: str) -> date | None:
    """Return a day, or the first of a month; nothing where it is neither.

    >>> _day("2017-03"), _day("2017-03-09"), _day("March")
    (datetime.date(2017, 3, 1), datetime.date(2017, 3, 9), None)
    """
    said = said.strip()
    try:
        return date.fromisoformat(f"{said}-01" if len(said) == len("2017-03") else said)
    except ValueError:
        return None


def _back(request: HttpRequest) -> HttpResponse:
    """Go back to where it was written, on this site alone."""
    to = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(to, allowed_hosts=None)
    return HttpResponseRedirect(to if is_ours and to.startswith("/") else "/growth/")
