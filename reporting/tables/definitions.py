"""The metrics' definitions as a page shows them. Their words stand beside their code."""

from dataclasses import dataclass
from inspect import cleandoc

from reporting import metrics
from reporting.agreed import now
from reporting.models import Build

NAMES = {
    "customers": "Customers",
    "orders": "Orders",
    "revenue": "Revenue",
    "average_order_value": "Revenue per order",
    "gross": "Gross sales",
    "discounts": "Discounts",
    "returns": "Returns",
    "refunds": "Refunds by order date",
    "refunds_by_refund_date": "Refunds by refund date",
    "refund_bridge": "Bridge between refund calendars",
    "total_sales": "Total sales",
    "margin": "Margin",
    "costed_revenue": "Revenue of known cost",
    "margin_coverage": "Margin coverage",
    "discount_rate": "Discount rate",
    "refund_rate": "Refund rate",
    "new_customers": "New customers",
    "returning_customers": "Returning customers",
    "new_revenue": "Revenue of first purchases",
    "returning_revenue": "Revenue of later purchases",
    "unknown_revenue": "Revenue of nobody we know",
    "repeat_rate_90": "Repeat within 90 days",
    "repeat_within_30": "Back within 30 days",
    "repeat_within_60": "Back within 60 days",
    "repeat_within_90": "Back within 90 days",
    "repeat_within_180": "Back within 180 days",
    "repeat_within_365": "Back within 365 days",
    "days_to_second_25": "Days until a quarter came back",
    "days_to_second_50": "Days until half came back",
    "buyers": "Buyers",
    "one_time_share": "One-time buyers",
    "repeat_of_buyers_90": "Buyers back within 90 days",
    "net_of_buyers": "Net sales of buyers",
    "returns_of_buyers": "Returns of buyers",
    "refund_rate_of_buyers": "Refund rate of buyers",
    "discount_rate_of_buyers": "Discount dependence",
    "margin_of_buyers": "Margin of buyers",
    "margin_coverage_of_buyers": "Coverage of their margin",
    "margin_rate_of_buyers": "Margin rate of buyers",
    "margin_per_buyer": "Margin per buyer",
    "ltv_30": "LTV 30",
    "ltv_60": "LTV 60",
    "ltv_90": "LTV 90",
    "ltv_365": "LTV 365",
    "attributed_revenue": "Revenue credited",
    "attributed_orders": "Purchases credited",
    "attributed_by_order_day": "Credited by month of the sale",
    "spend": "Spend",
    "roas": "ROAS",
    "cac": "CAC",
    "cohort_customers": "Cohort size",
    "cohort_retention": "Retention",
    "cohort_value": "Value per customer",
}


@dataclass(frozen=True)
class Entry:
    """One metric: what it says in a sentence, and then exactly.

    ``of_build`` is the version the published build was computed with; empty where that
    build does not know the metric.
    """

    key: str
    name: str
    version: str
    of_build: str
    sentence: str
    exactly: tuple[tuple[str, str], ...]

    @property
    def is_newer_than_build(self) -> bool:
        return bool(self.of_build) and self.of_build != self.version


def entries(build: Build | None) -> list[Entry]:
    """Return every metric, in the order in which the pages show them."""
    agreed = now().metrics
    return [_entry(agreed[key], build) for key in sorted(agreed, key=place)]


def common() -> list[str]:
    """Return the words that hold for all of them: the points the code begins with."""
    _, *points = cleandoc(metrics.__doc__ or "").split("\n* ")
    return [_plain(" ".join(point.split())) for point in points]


def _entry(metric: metrics.Metric, build: Build | None) -> Entry:
    sentence, _, rest = metric.definition.partition("\n\n")
    return Entry(
        key=metric.key,
        name=NAMES.get(metric.key, metric.key),
        version=metric.version,
        of_build=str(build.definitions.get(metric.key, "")) if build else "",
        sentence=_filled(" ".join(sentence.split()), metric),
        exactly=_parts(_filled(" ".join(rest.split()), metric)),
    )


def _filled(words: str, metric: metrics.Metric) -> str:
    """Write the metric's own parameters where the shared definition names them."""
    for name, value in {**metric.parameters, "min_n": metric.min_n}.items():
        words = words.replace(f"``{name}``", str(value))
    return _plain(words)


def _plain(words: str) -> str:
    """Return words without the marks of a docstring.

    >>> _plain("A *sale* is ``unattributed``.")
    'A sale is unattributed.'
    """
    return words.replace("``", "").replace("*", "")


def _parts(words: str) -> tuple[tuple[str, str], ...]:
    """Cut a definition at its labels.

    >>> _parts("Population: buyers. Unit: people. n is the same count.")
    (('Population', 'buyers.'), ('Unit', 'people. n is the same count.'))
    """
    labels = ("Population", "Numerator", "Grain", "Unit", "Time")
    found = sorted(
        (at, label) for label in labels if (at := words.find(f"{label}: ")) >= 0
    )
    ends = [at for at, _ in found[1:]] + [len(words)]
    return tuple(
        (label, words[at + len(label) + 2 : end].strip())
        for (at, label), end in zip(found, ends, strict=True)
    )


def place(key: str) -> tuple[int, str]:
    """Return where a number stands among all of them."""
    known = list(NAMES)
    return (known.index(key) if key in known else len(known), key)
