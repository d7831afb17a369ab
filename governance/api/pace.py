"""How often one token, or one signed-in person, may ask within a minute."""

from typing import Any

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from governance.models import ApiToken


class Pace(SimpleRateThrottle):
    """Count what a token asks, in Django's cache; writing is counted apart.

    The cache that is there by default belongs to one process: two processes let twice as
    much through. One that all share (``CACHES``) makes the count exact.
    """

    def __init__(self) -> None:
        """Find the rate only when it is known whether something is written."""

    def allow_request(self, request: Request, view: Any) -> bool:
        self.scope = "reads" if request.method in {"GET", "HEAD"} else "writes"
        self.num_requests, self.duration = settings.API_A_MINUTE[self.scope], 60
        self.rate = f"{self.num_requests}/min"
        return super().allow_request(request, view)

    def get_cache_key(self, request: Request, view: Any) -> str:
        token = request.auth
        by = "token" if isinstance(token, ApiToken) else "person"
        who = token.pk if isinstance(token, ApiToken) else request.user.pk
        return f"api-{self.scope}-{by}-{who}"
