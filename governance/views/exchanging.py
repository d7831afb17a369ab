"""The pages on which definitions leave as a file, and come back as a request."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from governance import changes, dictionary, exchange, people
from governance.definition_form import RequestForm
from governance.exchange import Trial, Tried, Verdict
from governance.models import ChangeRequest
from governance.views.requests import may_read

ROWS = 50
_KEPT = "import"
_TYPES = {"yaml": "application/yaml", "csv": "text/csv"}


@dataclass(frozen=True)
class Kept:
    """A file as it was uploaded, kept in the session until it is asked for."""

    name: str
    form: str
    text: str


@require_safe
def export(request: HttpRequest, form: str) -> HttpResponse:
    """Write out what the dictionary finds for the same address."""
    kinds = dictionary.kinds_for(people.asking(request))
    said = {
        name: request.GET.get(name, "").replace("\0", "")
        for name in ("q", "kind", "domain", "state", "as_of")
    }
    if said["kind"] and said["kind"] not in kinds:
        raise Http404(f"There is no kind {said['kind']}.")
    try:
        zone = ZoneInfo(settings.REPORTING_TIME_ZONE)
        at = dictionary.moment_of(said["as_of"], zone=zone)
    except dictionary.Unreadable:
        # The page says what is wrong with the day; another day's file would say nothing.
        here = reverse("governance:dictionary")
        return redirect(f"{here}?{request.GET.urlencode()}")
    asked = dictionary.Asked(said["q"], said["kind"], said["domain"], said["state"], at)
    text = exchange.write(dictionary.search(asked, kinds=kinds), form=form)
    day = said["as_of"][:10] if at else ""
    name = "-".join(filter(None, ["definitions", said["kind"], day]))
    answer = HttpResponse(
        text,
        content_type=f"{_TYPES[form]}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.{form}"'},
    )
    patch_cache_control(answer, private=True, no_cache=True)
    return answer


@may_read
def choose(request: HttpRequest) -> HttpResponse:
    """Take a file, and go on to its dry run."""
    _only_who_may_ask(request)
    # Every page of the session would carry it along.
    request.session.pop(_KEPT, None)
    if request.method != "POST":
        return _page(request, "governance/import.html", {})
    try:
        kept = _uploaded(request.FILES.get("file"))
    except exchange.Unfit as unfit:
        return _page(request, "governance/import.html", {"refusal": str(unfit)}, 422)
    request.session[_KEPT] = vars(kept)
    return redirect("governance:tried")


@may_read
def tried(request: HttpRequest) -> HttpResponse:
    """Show what the file would ask for; its button asks for it."""
    _only_who_may_ask(request)
    if _KEPT not in request.session:
        messages.warning(request, "There is no file any more. Choose it again.")
        return redirect("governance:import")
    kept, at = Kept(**request.session[_KEPT]), timezone.now()
    kinds = dictionary.kinds_for(people.asking(request))
    trial = exchange.try_out(exchange.read(kept.text, form=kept.form), known=kinds)
    if request.method != "POST":
        title = exchange.title_of(kept.name, trial.asked)
        return _tried(
            request, kept, trial, RequestForm(initial={"title": title}, at=at)
        )
    asked, refusal = RequestForm(request.POST, at=at), ""
    if request.POST.get("seen") != trial.digest:
        refusal = (
            "What is agreed on has changed since you looked at this. Look again, and ask "
            "for it then."
        )
    elif asked.is_valid():
        try:
            made = _propose(request, trial, asked)
        except (exchange.LeftOut, changes.ChangeError) as refused:
            refusal = str(refused)
        else:
            del request.session[_KEPT]
            messages.success(request, "Your draft is kept. Nobody decides on it yet.")
            return redirect("governance:request", made.pk)
    return _tried(request, kept, trial, asked, refusal)


def _only_who_may_ask(request: HttpRequest) -> None:
    if not people.may_suggest(people.asking(request)):
        raise PermissionDenied("You read what is agreed here, and ask for no changes.")


def _uploaded(file: UploadedFile[bytes] | None) -> Kept:
    """Return what was sent, if it can be read as a whole.

    Raises:
        Unfit: nothing was sent, or nothing that could be imported.
    """
    if file is None or not file.name:
        raise exchange.Unfit("Choose a file first.")
    form = exchange.form_of(file.name)
    text = exchange.text_of(file.read(exchange.LARGEST + 1))
    exchange.read(text, form=form)
    return Kept(file.name, form, text)


def _propose(request: HttpRequest, trial: Trial, asked: RequestForm) -> ChangeRequest:
    return exchange.propose(
        trial,
        **asked.cleaned_data,
        without_left_out=request.POST.get("leave_out") == "yes",
        by=people.asking(request),
        at=timezone.now(),
    )


def _tried(
    request: HttpRequest,
    kept: Kept,
    trial: Trial,
    asked: RequestForm,
    refusal: str = "",
) -> HttpResponse:
    show = request.GET.get("show", "")
    rows = Paginator(_shown(trial, show), ROWS)
    context = {
        "kept": kept,
        "trial": trial,
        "counts": [(each, each.label, trial.counts[each]) for each in Verdict],
        "show": show if show in Verdict.values else "",
        "page": rows.get_page(request.GET.get("page")),
        "asked": asked,
        "n": len(trial.asked),
        "refusal": refusal,
        "may_propose": people.may_propose(people.asking(request)),
    }
    status = 409 if refusal else 422 if asked.errors else 200
    return _page(request, "governance/tried.html", context, status)


def _shown(trial: Trial, show: str) -> Sequence[Tried]:
    """Return the rows in view: those of one verdict, or all of which something comes."""
    if show in Verdict.values:
        return [each for each in trial.tried if each.verdict == show]
    return [each for each in trial.tried if each.verdict != Verdict.UNCHANGED]


def _page(
    request: HttpRequest, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    given = {"section": "dictionary", **context}
    response = render(request, template, given, None, status)
    patch_cache_control(response, private=True, no_cache=True)
    return response
