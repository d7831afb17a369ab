"""The pages on which somebody writes down what a definition shall be."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from governance import changes, dossier, grants, people
from governance.definition_form import DefinitionForm, RequestForm
from governance.kinds import KINDS, Said
from governance.models import ChangeRequest, Kind, Operation, Version
from governance.views.requests import may_read, page


@dataclass(frozen=True)
class Definition:
    """The definition a form is about: its name, and the version that holds now."""

    kind: str
    key: str
    held: Version | None

    @property
    def label(self) -> str:
        return str(Kind(self.kind).label)

    def _as_it_stands(self) -> Said | None:
        """Return what somebody may do that was never agreed on, from before it had to be."""
        return grants.as_it_stands(self.key) if self.kind == Kind.PERMISSION else None

    def form(self, data: Any, *, said: Said | None) -> DefinitionForm:
        return DefinitionForm(
            data,
            kind=self.kind,
            key=self.key,
            said=said or self.held or self._as_it_stands(),
            base=self.held.number if self.held else 0,
        )


@may_read
def new(request: HttpRequest) -> HttpResponse:
    """Write a request down as a draft; ``?kind=&key=`` says of which definition."""
    asker = people.asking(request)
    if not people.may_suggest(asker):
        raise PermissionDenied("You read what is agreed here, and ask for no changes.")
    meant = _meant(request)
    if meant is None:
        return _choose(request, None)
    at = timezone.now()
    typed = request.POST if request.method == "POST" else None
    first = {"title": f"Change {meant.label} {meant.key}" if meant.held else ""}
    asked, form = RequestForm(typed, initial=first, at=at), meant.form(typed, said=None)
    refusal = ""
    if typed is not None and all([asked.is_valid(), form.is_valid()]):
        try:
            made = changes.propose(
                **asked.cleaned_data,
                operations=[changes.Proposed(**form.said())],
                by=asker,
                at=at,
            )
        except changes.ChangeError as refused:
            refusal = str(refused)
        else:
            messages.success(request, "Your draft is kept. Nobody decides on it yet.")
            return redirect("governance:request", made.pk)
    return _write(request, meant, form, asked=asked, refusal=refusal)


@may_read
def edit(request: HttpRequest, request_id: int) -> HttpResponse:
    """Say one definition of a request otherwise, or add one: ``?kind=&key=``."""
    found = _to_write(request, request_id)
    meant = _meant(request)
    if meant is None:
        return _choose(request, found)
    operations = list(changes.current_revision(found).operations.all())
    written = next(
        (each for each in operations if (each.kind, each.key) == (meant.kind, meant.key)),
        None,
    )  # fmt: skip
    typed = request.POST if request.method == "POST" else None
    form = meant.form(typed, said=written)
    refusal = ""
    if typed is not None and form.is_valid():
        said = changes.Proposed(**form.said())
        try:
            _revise(request, found, _with(operations, said))
        except changes.ChangeError as refused:
            refusal = str(refused)
        else:
            messages.success(request, "Written down. Decisions so far are void.")
            return redirect("governance:request", found.pk)
    return _write(request, meant, form, found=found, refusal=refusal)


@may_read
@require_POST
def drop(request: HttpRequest, request_id: int) -> HttpResponse:
    """Take one definition out of a request."""
    found = _to_write(request, request_id)
    name = (request.POST.get("kind"), request.POST.get("key"))
    operations = changes.current_revision(found).operations.all()
    kept = [each for each in operations if (each.kind, each.key) != name]
    try:
        _revise(request, found, [_as_written(each) for each in kept])
    except changes.ChangeError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "Taken out. Decisions so far are void.")
    return redirect("governance:request", found.pk)


def _to_write(request: HttpRequest, request_id: int) -> ChangeRequest:
    found = get_object_or_404(ChangeRequest, pk=request_id)
    if not dossier.may_write(found, people.asking(request)):
        raise PermissionDenied("Only who asked for it edits it, and who may propose.")
    return found


def _meant(request: HttpRequest) -> Definition | None:
    """Return the definition the address names; none, where it names no kind there is."""
    kind = request.GET.get("kind", "")
    key = request.GET.get("key", "").replace("\0", "").strip()[:200]
    if kind not in KINDS:
        return None
    held = Version.objects.current().filter(kind=kind, key=key).first()
    return Definition(kind, key, held)


def _revise(
    request: HttpRequest, found: ChangeRequest, said: Sequence[changes.Proposed]
) -> None:
    changes.revise(
        request_id=found.pk,
        operations=said,
        by=people.asking(request),
        at=timezone.now(),
    )


def _with(
    operations: Sequence[Operation], said: changes.Proposed
) -> list[changes.Proposed]:
    """Return what the request asks for, with one definition said anew or added."""
    found = [_as_written(each) for each in operations]
    names = [(each.kind, each.key) for each in found]
    if (said.kind, said.key) in names:
        found[names.index((said.kind, said.key))] = said
        return found
    return [*found, said]


def _as_written(operation: Operation) -> changes.Proposed:
    return changes.Proposed(
        operation.kind, operation.key, operation.domain_id, operation.body,
        operation.state, operation.successor,
    )  # fmt: skip


def _choose(request: HttpRequest, found: ChangeRequest | None) -> HttpResponse:
    kinds = [(kind, Kind(kind).label) for kind in KINDS]
    return page(
        request, "governance/choose.html", {"kinds": kinds, "found": found, "key": ""}
    )


def _write(
    request: HttpRequest,
    meant: Definition,
    form: DefinitionForm,
    *,
    asked: RequestForm | None = None,
    found: ChangeRequest | None = None,
    refusal: str,
) -> HttpResponse:
    is_refused = refusal or form.errors or (asked is not None and asked.errors)
    context = {
        "meant": meant,
        "form": form,
        "asked": asked,
        "found": found,
        "refusal": refusal,
        "may_propose": people.may_propose(people.asking(request)),
    }
    status = 409 if refusal else 422 if is_refused else 200
    return page(request, "governance/write.html", context, status)
