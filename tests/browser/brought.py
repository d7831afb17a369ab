"""What kind of customers campaigns brought, and segments have, as their boards show it."""

from decimal import Decimal

from governance.models import Storefront
from reporting.models import Build, Reading

# People, and what each number is for them: once only, back, refunded, discounts, margin
# rate, margin per buyer.
CAMPAIGNS = {
    "": (2469, "0.412", "0.338", "0.041", "0.112", "0.382", "61.40"),
    "spring_2017": (412, "0.371", "0.381", "0.036", "0.094", "0.401", "72.15"),
    "black_friday_2016": (377, "0.583", "0.205", "0.072", "0.243", "0.274", "29.90"),
    "newsletter_always_on": (640, "0.402", "0.344", "0.040", "0.118", "0.379", "60.05"),
    "podcast": (18, *(None,) * 6),
}
SEGMENTS = {
    "": CAMPAIGNS[""],
    "Families": (1210, "0.362", "0.391", "0.039", "0.108", "0.391", "74.20"),
    "Couples": (702, "0.418", "0.330", "0.040", "0.111", "0.380", "58.10"),
    "Students": (214, "0.561", "0.221", "0.058", "0.171", "0.298", "21.75"),
}
METRICS = (
    "one_time_share", "repeat_of_buyers_90", "refund_rate_of_buyers",
    "discount_rate_of_buyers", "margin_rate_of_buyers", "margin_per_buyer",
)  # fmt: skip


def brought(build: Build, of: Storefront) -> None:
    """Say every number of what brought people, and of who they were."""
    groups = [
        *(
            (({"campaign": key} if key else {}), said)
            for key, said in CAMPAIGNS.items()
        ),
        *(({"segment": key}, said) for key, said in SEGMENTS.items() if key),
    ]
    Reading.objects.bulk_create(
        Reading(
            build=build, storefront=of, metric=metric, dimensions=place, n=people,
            value=value, low=low, high=high,
            state="sure" if value is not None else "small",
        )
        for place, (people, *said) in groups
        for metric, value, low, high in _told(people, said)
    )  # fmt: skip


def _told(people: int, said: list[str | None]):
    yield "buyers", Decimal(people), None, None
    for metric, text in zip(METRICS, said, strict=True):
        if text is None:
            yield metric, None, None, None
            continue
        value = Decimal(text)
        spread = value * 2 / Decimal(people).sqrt()
        yield metric, value, value - spread, value + spread
    each = None if said[-1] is None else Decimal(said[-1]) * people
    for metric, share in (
        ("margin_of_buyers", Decimal(1)),
        ("net_of_buyers", Decimal("2.61")),
        ("returns_of_buyers", Decimal("0.14")),
    ):
        yield metric, None if each is None else each * share, None, None
    yield "margin_coverage_of_buyers", None if each is None else Decimal("0.943"), None, None  # fmt: skip
