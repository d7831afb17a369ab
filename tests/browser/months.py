"""Months of two shops, as the boards show them, and an earlier build to set them beside."""

from datetime import timedelta
from decimal import Decimal
from random import Random

from governance.models import Storefront, User
from reporting.models import Build, Note, Reading
from tests import published

# Of what was sold at list price.
PARTS = {
    "discounts": 0.11, "returns": 0.03, "refunds": 0.045, "cost": 0.55,
}  # fmt: skip


def months(build: Build, of: Storefront, *, since: int, count: int, gross: int) -> None:
    """Say every number of the boards for so many months."""
    earlier = published.build(
        state=Build.State.SUPERSEDED, at=published.AT - timedelta(days=1)
    )
    earlier.definitions = {**build.definitions, "margin": "0"}
    earlier.save()
    build.inputs = {
        **build.inputs,
        "storefronts": {
            **build.inputs.get("storefronts", {}), of.key: {"data_on": "2026-03-01"},
        },
    }  # fmt: skip
    build.save()
    for one, times in ((build, 1.0), (earlier, 0.985)):
        Reading.objects.bulk_create(
            Reading(
                build=one, storefront=of, metric=metric, dimensions=place,
                value=Decimal(str(round(value, 4))), n=max(1, round(heads)), state=state,
            )
            for metric, place, value, heads, state in _said(since, count, gross, times)
        )  # fmt: skip


def note(of: Storefront, by: User) -> None:
    """Let somebody say something of a month."""
    Note.objects.create(
        storefront=of, on="2017-06-01", is_of_month=True, by=by, at=published.AT,
        text="Free delivery for everybody, for the whole month.",
    )  # fmt: skip


def _said(since: int, count: int, gross: int, times: float):
    chance = Random(11)
    for nth in range(count):
        month = {"month": f"{since + nth // 12}-{nth % 12 + 1:02}"}
        state = "immature" if nth == count - 1 else "sure"
        season = 1.35 if nth % 12 in (10, 11) else 0.9 + 0.2 * chance.random()
        list_price = gross * season * times * (1 + nth / count / 3)
        if nth == count - 1:
            list_price *= 0.6
        took = {part: list_price * share for part, share in PARTS.items()}
        net = list_price - took["discounts"] - took["returns"] - took["refunds"]
        orders, new = round(net / 295), round(net / 295 * (0.22 - 0.12 * nth / count))
        paid = took["refunds"] * (0.8 + 0.4 * chance.random())
        yield from (
            (metric, month, value, orders, state)
            for metric, value in {
                "gross": list_price,
                "discounts": took["discounts"],
                "returns": took["returns"],
                "refunds": took["refunds"],
                "refunds_by_refund_date": paid,
                "refund_bridge": paid - took["refunds"],
                "discount_rate": 0.11,
                "refund_rate": 0.045 / 0.86,
                "revenue": net,
                "margin": net * 0.8 - took["cost"] * 0.8,
                "costed_revenue": net * 0.8,
                "orders": orders,
                "new_customers": new,
                "returning_customers": (orders - new) * 0.7,
                "new_revenue": net * new / orders,
                "returning_revenue": net * (1 - new / orders),
            }.items()
        )
    for segment, risk in (("Families", 0.21), ("Loyal", 0.09), ("Students", 0.44)):
        yield "customers", {"segment": segment}, 600, 600, "sure"
        yield "churn_risk", {"segment": segment}, risk, 600, "sure"
