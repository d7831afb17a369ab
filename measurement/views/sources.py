"""The workbench: what sources send, and what it becomes."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control

from governance import changes, people
from governance.definition_form import RequestForm
from governance.models import Kind, SourceStream, Version
from measurement.entities import ENTITIES
from measurement.mapping.described import CONDITIONS
from measurement.models import MappingTrial
from measurement.workbench import asking, laying, listing, telling, trying
from measurement.workbench.rule_form import RuleForm

# How soon the page of a trial asks again whether it is there.
REFRESH_SECONDS = 2
# More fields than this at once are several requests.
MOST_FIELDS = 20


def index(request: HttpRequest) -> HttpResponse:
    """List every stream: when it last came, and what of it is not mapped."""
    return _page(request, "sources/index.html", {"rows": listing.streams()})


def show(request: HttpRequest, system: str, stream: str) -> HttpResponse:
    """Lay a stream's columns beside the fields."""
    reader = people.asking(request)
    bench = laying.lay(_stream(system, stream), reader=reader)
    return _page(
        request,
        "sources/stream.html",
        {"bench": bench, "may_suggest": people.may_suggest(reader)},
    )


def change(request: HttpRequest, system: str, stream: str) -> HttpResponse:
    """Say how fields shall be made: ``?field=`` names them, ``?take=`` a suggestion."""
    found = _stream(system, stream)
    _only_who_may_suggest(request)
    typed = request.POST if request.method == "POST" else None
    forms = _forms(request, found, typed)
    if not forms:
        messages.warning(request, "Tick the fields you want to change first.")
        return redirect("sources:stream", system, stream)
    refusal = ""
    wrong = [form for form in forms if typed is not None and not form.is_valid()]
    if typed is not None and not wrong:
        try:
            trial = trying.ask(
                stream=found,
                wanted=[form.wanted() for form in forms],
                by=people.asking(request),
                at=timezone.now(),
            )
        except asking.AskingError as refused:
            refusal = str(refused)
        else:
            return redirect("sources:trial", system, stream, trial.pk)
    return _page(
        request,
        "sources/change.html",
        {"stream": found, "forms": forms, "refusal": refusal, "is_wrong": bool(wrong)},
        status=409 if refusal else 422 if wrong else 200,
    )


def trial(
    request: HttpRequest, system: str, stream: str, trial_id: int
) -> HttpResponse:
    """Show what a mapping makes of rows, and write the request for it."""
    found = _stream(system, stream)
    tried = MappingTrial.objects.filter(pk=trial_id, stream=found).first()
    if tried is None:
        raise Http404("This trial is over; test the rules again.")
    tried.stream = found
    typed = request.POST if request.method == "POST" else None
    title = {"title": f"Map {found} otherwise"}
    asked = RequestForm(typed, initial=title, at=timezone.now())
    refusal = ""
    if typed is not None:
        _only_who_may_suggest(request)
        if asked.is_valid():
            try:
                return _written(request, tried, asked)
            except (asking.AskingError, changes.ChangeError) as refused:
                refusal = str(refused)
    reader = people.asking(request)
    is_waiting = tried.state == MappingTrial.State.ASKED
    return _page(
        request,
        "sources/trial.html",
        {
            "stream": found,
            "told": telling.tell(tried, reader=reader),
            "asked": asked,
            "refusal": refusal,
            "refresh": REFRESH_SECONDS if is_waiting and typed is None else 0,
            "may_suggest": people.may_suggest(reader),
            "may_propose": people.may_propose(reader),
        },
        status=409 if refusal else 422 if asked.errors else 200,
    )


def _written(
    request: HttpRequest, tried: MappingTrial, asked: RequestForm
) -> HttpResponse:
    """Open the request and lead to it."""
    made = asking.write(
        stream=tried.stream,
        wanted=trying.wanted_by(tried),
        **asked.cleaned_data,
        by=people.asking(request),
        at=timezone.now(),
    )
    messages.success(request, "Your draft is kept. Nobody decides on it yet.")
    return redirect("governance:request", made.pk)


def _forms(request: HttpRequest, stream: SourceStream, typed: Any) -> list[RuleForm]:
    """Return a form for each field the address names, as it is, or as was suggested."""
    wanted = _asked_for(request, stream)
    if not wanted:
        return []
    keys = [f"{stream}:{key}" for key in wanted]
    held = Version.objects.current().filter(kind=Kind.MAPPING, key__in=keys)
    bases = {each.key.partition(":")[2]: each.number for each in held}
    said = Version.objects.current().filter(kind=Kind.FIELD, key__in=wanted)
    labels = {each.key: str(each.body.get("name", "")) for each in said}
    columns = _columns(stream)
    return [
        RuleForm(
            typed,
            key=key,
            label=labels.get(key) or _called(key),
            grain=stream.grain,
            columns=columns,
            rule=rule,
            base=bases.get(key, 0),
        )
        for key, rule in wanted.items()
    ]


def _asked_for(request: HttpRequest, stream: SourceStream) -> dict[str, Any]:
    """Return the rules to begin with, by field: in force, suggested, or tried before."""
    mapped = asking.mapping_of(stream)
    found: dict[str, Any] = {}
    if (number := request.GET.get("trial", "")).isdecimal() and len(number) < 16:
        tried = MappingTrial.objects.filter(pk=int(number), stream=stream).first()
        for each in trying.wanted_by(tried) if tried else ():
            found[each.key] = each.rule
    for key in request.GET.getlist("field"):
        entity, _, name = key.partition(".")
        if _may_be_filled(entity, name):
            found.setdefault(key, mapped.get(entity, {}).get(name))
    columns = set(_columns(stream))
    for taken in request.GET.getlist("take"):
        key, _, column = taken.partition(":")
        if _may_be_filled(*key.split(".", 1)) and column in columns:
            found[key] = column
    return dict(list(found.items())[:MOST_FIELDS])


def _may_be_filled(entity: str, name: str = "") -> bool:
    known = ENTITIES.get(entity)
    return known is not None and (name in known.mappable() or name in CONDITIONS)


def _called(key: str) -> str:
    entity, _, name = key.partition(".")
    if name in CONDITIONS:
        label = entity.replace("_", " ").capitalize()
        return f"{label}: only rows where it is {name.removeprefix('when_')}"
    return name.replace("_", " ").capitalize()


def _columns(stream: SourceStream) -> Sequence[str]:
    return list(stream.profiles.values_list("name", flat=True))


def _stream(system: str, stream: str) -> SourceStream:
    streams = SourceStream.objects.select_related("system__storefront")
    return get_object_or_404(streams, system__key=system, key=stream)


def _only_who_may_suggest(request: HttpRequest) -> None:
    if not people.may_suggest(people.asking(request)):
        raise PermissionDenied("You read what is agreed here, and ask for no changes.")


def _page(
    request: HttpRequest, template: str, given: Mapping[str, Any], status: int = 200
) -> HttpResponse:
    response = render(request, template, {"section": "sources", **given}, status=status)
    patch_cache_control(response, private=True, no_store=True)
    return response
