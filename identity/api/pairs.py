"""Pairs that wait, for programs."""

from typing import ClassVar

from django.shortcuts import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from governance.api.addresses import asked, one_of, one_page
from governance.api.door import Door, asker
from governance.api.who import Need, Scope
from identity import queue
from identity.models import MatchCandidate
from identity.queue import listing

READS = Need(Scope.READ, "identity.view_matchcandidate")


class Pairs(Door):
    """Every pair somebody is still to read, the one to read first at the front."""

    needs: ClassVar = {"GET": READS}

    def get(self, request: Request) -> Response:
        said = asked(request, "status", is_list=True)
        status = one_of("status", said["status"], MatchCandidate.Status.values)
        found = MatchCandidate.objects.open().with_records()
        if status:
            found = found.filter(status=status)
        rows, following = one_page(
            request, found.select_related("claimed_by", "audit"), order=["-rank", "-id"]
        )
        hides = queue.may_decide(asker(request))
        return Response(
            {
                "items": [listing.row(each, hides=hides) for each in rows],
                "next": following,
            }
        )


class OnePair(Door):
    """One pair, with what speaks for it and against. Contacts stand in none."""

    needs: ClassVar = {"GET": READS}

    def get(self, request: Request, pair_id: int) -> Response:
        asked(request)
        pairs = MatchCandidate.objects.with_records().select_related(
            "claimed_by", "audit"
        )
        pair = get_object_or_404(pairs, pk=pair_id)
        hides = queue.may_decide(asker(request))
        is_blind = hides and listing.is_hidden(pair)
        waterfall = [] if is_blind else pair.waterfall
        return Response({**listing.row(pair, hides=hides), "waterfall": waterfall})
