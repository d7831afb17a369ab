"""Builders of health reviews: each fills in what the test is not about."""

from datetime import UTC, datetime, timedelta
from typing import Any

from governance.models import Domain, HealthReview, SignOff
from tests import make

AT = datetime(2026, 4, 2, 9, tzinfo=UTC)


def review(*domains: Domain, **otherwise: Any) -> HealthReview:
    """Return an open review of the domains, with no facts but their names."""
    said: dict[str, Any] = {
        "occasion": f"occasion {make.number()}",
        "title": "First quarter of 2026",
        "reason": "A quarter is over.",
        "since": datetime(2026, 1, 1, tzinfo=UTC),
        "until": datetime(2026, 4, 1, tzinfo=UTC),
        "opened_at": AT,
        "closes_by": AT + timedelta(days=21),
        "domains": [each.key for each in domains],
        "facts": {
            "domains": [
                {
                    "key": each.key, "name": each.name, "definitions": 3, "changed": 1,
                    "undecided": 0, "unshown": 0, "unread": 0,
                }
                for each in domains
            ],
            "sections": [],
        },
        **otherwise,
    }  # fmt: skip
    return HealthReview.objects.create(**said)


def signed(of: HealthReview, domain: Domain) -> SignOff:
    """Return the signature of some owner of the domain."""
    return SignOff.objects.create(
        review=of, domain=domain, by=make.owner(domain), at=AT, remark="All is well."
    )
