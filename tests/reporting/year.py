"""A shop with months, channels and segments, as boards show them."""

from governance.models import Storefront
from reporting.models import Build
from tests import make, published

MONTHS = ("2017-01", "2017-02", "2017-03", "2017-04")


def shop(build: Build, *, times: int = 1, of: Storefront | None = None) -> Storefront:
    """Say every number of both boards: each month sold 1,000 more than the one before."""
    of = of or make.storefront()
    for place, month in enumerate(MONTHS, start=1):
        state = "immature" if month == MONTHS[-1] else "sure"
        for metric, value in (
            ("revenue", 1000 * place * times),
            ("orders", 40 * place),
            ("new_customers", 30),
            ("returning_customers", 10 * place),
            ("gross", 1200 * place),
            ("discounts", 100 * place),
            ("refunds", 50 * place),
            ("refunds_by_refund_date", 60),
            ("margin", 300 * place),
        ):
            published.reading(
                metric, value, of=of, by=build, n=40 * place, state=state, month=month
            )
    for metric, value in (("revenue", 10_000 * times), ("orders", 400)):
        published.reading(metric, value, of=of, by=build)
    for channel, people in (("", 120), ("email", 90), ("display", 9)):
        place = {"channel": channel} if channel else {}
        few = people < 30
        published.reading("customers", people, of=of, by=build, n=people, **place)
        published.reading(
            "repeat_rate_90", None if few else "0.25", of=of, by=build, n=people,
            low=None if few else "0.2", high=None if few else "0.3",
            state="small" if few else "sure", **place,
        )  # fmt: skip
        published.reading(
            "ltv_365", None if few else "120", of=of, by=build, n=people,
            state="small" if few else "sure", **place,
        )  # fmt: skip
    build.definitions = {
        **build.definitions, "revenue": "2", "orders": "1", "average_order_value": "1",
        "repeat_rate_90": "1", "ltv_365": "1", "new_customers": "1", "gross": "1",
        "margin": "1", "discounts": "1", "refunds": "1",
    }  # fmt: skip
    build.inputs = {"storefronts": {of.key: {"data_on": "2017-04-20"}}}
    build.save()
    return of
