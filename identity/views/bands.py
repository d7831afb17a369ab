"""What audits show of how often weights are right, and what joins by itself."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from identity import audited, policy
from identity.views.review import may_read, page


@may_read
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Show every band of every storefront: audited, right, and what it still needs."""
    agreed = policy.now()
    return page(
        request,
        "identity/bands.html",
        {
            "shops": audited.shops(agreed),
            "approved": agreed.thresholds.auto_precision,
            "per_band": agreed.asking.audits_per_band,
        },
    )
