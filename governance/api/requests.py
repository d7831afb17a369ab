"""Change requests: read, asked for, put to review, measured and spoken about.

Whether one takes effect is decided by people, on its page. No address here does it.
"""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from governance import changes, desk, dossier, effects, preview
from governance.api import bodies
from governance.api.addresses import asked, one_of, one_page
from governance.api.door import Door, asker
from governance.api.telling import (
    CommentOut,
    DossierOut,
    PreviewOut,
    RequestOut,
    every,
)
from governance.api.who import Need, Scope
from governance.models import ChangeRequest, Preview, Revision, User

READS = Need(Scope.READ, "governance.view_changerequest")
PROPOSES = Need(Scope.PROPOSE, "governance.view_changerequest")


class Requests(Door):
    """Every request, the newest first; a new one begins as a draft."""

    needs: ClassVar = {"GET": READS, "POST": PROPOSES}

    def get(self, request: Request) -> Response:
        said = asked(request, "state", is_list=True)
        state = one_of("state", said["state"], ChangeRequest.State.values)
        found = ChangeRequest.objects.filter(state=state) if state else _every()
        rows, following = one_page(
            request, desk.with_what_it_touches(found), order=["-id"]
        )
        return Response({"items": every(RequestOut, rows), "next": following})

    def post(self, request: Request) -> Response:
        given = bodies.read(bodies.ProposalIn, request.data)
        operations = bodies.proposed(given.pop("operations"))
        try:
            made = changes.propose(
                **given, operations=operations, by=asker(request), at=timezone.now()
            )
        except changes.Unsound as unsound:
            raise bodies.misread(unsound, operations) from unsound
        answer = Response(_told(made.pk, asker(request)), status=201)
        answer["Location"] = reverse("governance:api:request", args=[made.pk])
        return answer


class OneRequest(Door):
    """One request: what it asks for, what was said of it, what it still lacks."""

    needs: ClassVar = {"GET": READS}

    def get(self, request: Request, request_id: int) -> Response:
        asked(request)
        return Response(_told(request_id, asker(request)))


class Revisions(Door):
    """Ask for something else. Every decision so far is void; it is a draft again."""

    needs: ClassVar = {"POST": PROPOSES}

    def post(self, request: Request, request_id: int) -> Response:
        given = bodies.read(bodies.RevisionIn, request.data)
        operations = bodies.proposed(given["operations"])
        found = _their_own(request_id, asker(request))
        try:
            changes.revise(
                request_id=found.pk, operations=operations, by=asker(request),
                at=timezone.now(),
            )  # fmt: skip
        except changes.Unsound as unsound:
            raise bodies.misread(unsound, operations) from unsound
        return Response(_told(found.pk, asker(request)), status=201)


class Submission(Door):
    """Put a draft to review, and have measured what it would do, for whoever decides."""

    needs: ClassVar = {"POST": PROPOSES}

    def post(self, request: Request, request_id: int) -> Response:
        bodies.read(bodies.NothingIn, request.data)
        found = _their_own(request_id, asker(request))
        by, at = asker(request), timezone.now()
        changes.submit(request_id=found.pk, by=by, at=at)
        if effects.can_tell(list(changes.current_revision(found).operations.all())):
            preview.ask(request_id=found.pk, by=by, at=at)
        return Response(_told(found.pk, by))


class Previews(Door):
    """What a request would do to the numbers: the newest answer, or another question."""

    needs: ClassVar = {"GET": READS, "POST": PROPOSES}

    def get(self, request: Request, request_id: int) -> Response:
        asked(request)
        revision = _revision(_found(request_id))
        measured = effects.of(revision)
        if measured is None:
            raise Http404("Nobody has asked yet what this would do to the numbers.")
        return Response(_of(measured))

    def post(self, request: Request, request_id: int) -> Response:
        bodies.read(bodies.NothingIn, request.data)
        found = _found(request_id)
        waits = effects.of(_revision(found))
        if waits is None or waits.state != Preview.State.ASKED:
            waits = preview.ask(
                request_id=found.pk, by=asker(request), at=timezone.now()
            )
        return Response(_of(waits), status=202)


class Comments(Door):
    """Something said of a request, for all who decide on it."""

    needs: ClassVar = {"POST": PROPOSES}

    def post(self, request: Request, request_id: int) -> Response:
        given = bodies.read(bodies.CommentIn, request.data)
        made = changes.comment(
            request_id=_found(request_id).pk, text=given["text"], by=asker(request),
            at=timezone.now(),
        )  # fmt: skip
        return Response(CommentOut(made).data, status=201)


def _every() -> QuerySet[ChangeRequest]:
    return ChangeRequest.objects.all()


def _found(request_id: int) -> ChangeRequest:
    found = _every().filter(pk=request_id).first()
    if found is None:
        raise Http404(f"There is no request {request_id}.")
    return found


def _their_own(request_id: int, by: User) -> ChangeRequest:
    found = _found(request_id)
    if found.requested_by_id != by.pk:
        raise changes.NotYours(
            f"{found.requested_by or 'The installation'} asked for this. A program edits "
            f"and submits only what it asked for in the name of whoever it acts for."
        )
    return found


def _revision(found: ChangeRequest) -> Revision:
    return changes.current_revision(found)


def _told(request_id: int, by: User) -> dict[str, Any]:
    """Return a request as a list tells of it, and all that belongs to it."""
    rows = list(desk.with_what_it_touches(_every().filter(pk=request_id)))
    if not rows:
        raise Http404(f"There is no request {request_id}.")
    told = dossier.read(rows[0], by=by, at=timezone.now())
    measured = effects.of(told.revision)
    return {
        **RequestOut(rows[0]).data,
        **DossierOut(told).data,
        "preview": None if measured is None else _of(measured),
    }


def _of(measured: Preview) -> dict[str, Any]:
    is_measured = measured.state == Preview.State.MEASURED
    is_stale = is_measured and effects.is_stale(measured)
    return {**PreviewOut(measured).data, "is_stale": is_stale}
