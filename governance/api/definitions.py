"""What was agreed: found, and read as it stood at any moment."""

from typing import ClassVar

from django.http import Http404
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from governance import dictionary, usage
from governance.api.addresses import as_of, asked, one_of, one_page
from governance.api.door import Tagged, asker
from governance.api.telling import DefinitionOut, StepOut, every
from governance.api.who import Need, Scope
from governance.models import Domain, State


class Definitions(Tagged):
    """Every definition, by kind and key; ``kind``, ``domain``, ``state``, ``search`` leave out."""

    needs: ClassVar = {"GET": Need(Scope.READ)}

    def get(self, request: Request) -> Response:
        said = asked(
            request, "kind", "domain", "state", "search", "as_of", is_list=True
        )
        kinds = dictionary.kinds_for(asker(request))
        domains = list(Domain.objects.order_by("key").values_list("key", flat=True))
        wanted = dictionary.Asked(
            words=said["search"],
            kind=one_of("kind", said["kind"], kinds),
            domain=one_of("domain", said["domain"], domains),
            state=one_of("state", said["state"], State.values),
            at=as_of(said["as_of"]),
        )
        found = dictionary.search(wanted, kinds=kinds)
        rows, following = one_page(request, found, order=["kind", "key"])
        return Response({"items": every(DefinitionOut, rows), "next": following})


class Definition(Tagged):
    """One definition as it stands, or stood; and its versions, the newest first."""

    needs: ClassVar = {"GET": Need(Scope.READ)}

    def get(self, request: Request, kind: str, key: str) -> Response:
        said = asked(request, "as_of", is_list=True)
        if kind not in dictionary.kinds_for(asker(request)):
            raise Http404(f"There is no kind {kind}.")
        try:
            found = dictionary.read(kind, key, at=as_of(said["as_of"]))
        except dictionary.NotDefined as unknown:
            raise Http404(str(unknown)) from unknown
        usage.note(kind, key, on=timezone.now().date())
        versions, following = one_page(
            request, dictionary.versions(kind, key), order=["-number"]
        )
        return Response(
            {
                "kind": kind,
                "key": key,
                "name": found.name,
                "holds": DefinitionOut(found.version).data if found.version else None,
                "owners": list(found.owners),
                "stewards": list(found.stewards),
                "versions": {
                    "items": every(StepOut, versions),
                    "next": following,
                },
            }
        )
