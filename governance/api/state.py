"""Where a program begins: what there is, whom it acts for, how far the log is sealed."""

from typing import ClassVar

from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from governance.api.addresses import asked
from governance.api.door import Door, asker
from governance.api.telling import TokenOut, TrustOut
from governance.api.who import Need, Scope
from governance.models import ApiToken
from governance.trust import trust


class Beginning(Door):
    """Whom the program acts for, what it may, and the addresses that go on from here."""

    needs: ClassVar = {"GET": Need(Scope.READ)}

    def get(self, request: Request) -> Response:
        asked(request)
        token = request.auth
        return Response(
            {
                "acts_for": asker(request).get_username(),
                "token": TokenOut(token).data if isinstance(token, ApiToken) else None,
                "addresses": {
                    name: request.build_absolute_uri(reverse(f"governance:api:{name}"))
                    for name in ("definitions", "changes", "log")
                },
            }
        )


class Log(Door):
    """How far the log is sealed, and whether it was whole when it was last looked at."""

    needs: ClassVar = {"GET": Need(Scope.READ, "governance.view_governanceevent")}

    def get(self, request: Request) -> Response:
        asked(request)
        return Response(TrustOut(trust()).data)
