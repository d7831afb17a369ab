"""What each calculation reads of the canonical model, and on which pages it shows.

Said here beside the SQL and held to it: a test reads the statements, from a view's column
down to the tables, and expects these fields, no more and no fewer.
"""

from collections.abc import Mapping, Sequence

from django.urls import reverse

from governance.calculations import TAGS, Fields, Page
from measurement.entities import ENTITIES
from reporting.boards.declared import BOARDS
from reporting.metrics import METRICS
from reporting.tables import acquisition, attribution, cohorts

# Whose an order is, when it was placed and which of two comes first, and whether it counts.
_ORDERS = frozenset(
    {"order.customer", "order.placed_at", "order.source_id", "order.status"}
)
# By what records are taken for one person; a value that needs consent joins nobody without.
_PEOPLE = frozenset(
    f"customer.{name}"
    for name in (
        "birth_on",
        "country",
        "email",
        "first_name",
        "is_guest",
        "last_name",
        "phone",
        "postcode",
        "street",
    )
) | {
    "consent_event.at",
    "consent_event.channel",
    "consent_event.customer",
    "consent_event.purpose",
    "consent_event.state",
    "identifier.customer",
    "identifier.kind",
    "identifier.value",
}
_TOUCHES = TAGS | {
    "event.at",
    "event.customer",
    "event.kind",
    "event.message_id",
    "event.order",
}
_MONEY = frozenset(
    {
        "order_line.amount_reporting",
        "order_line.amount_shop",
        "order_line.order",
        "refund.amount_reporting",
        "refund.amount_shop",
        "refund.order",
    }
)
_DISCOUNTS = frozenset(
    {
        "order.reporting_rate",
        "order.shop_rate",
        "order_line.coupon_match_discount",
        "order_line.kind",
        "order_line.order",
        "order_line.retail_discount",
    }
)
_LINES = frozenset(
    {
        "order_line.amount_reporting",
        "order_line.amount_shop",
        "order_line.kind",
        "order_line.order",
    }
)
_REFUNDS = frozenset({"refund.amount_reporting", "refund.amount_shop"})
_COSTS = frozenset(
    {
        "order_line.product",
        "order_line.quantity",
        "product_cost.cost",
        "product_cost.currency",
        "product_cost.product",
        "product_cost.valid_from",
    }
)
_BESIDE = frozenset(
    {
        "order.shipping_reporting",
        "order.shipping_shop",
        "order.tax_reporting",
        "order.tax_shop",
    }
)
# Which sales count, and in which month: one with a refund alone is shown, too.
_SOLD = frozenset(
    {"order.placed_on", "order.status", "refund.order", "refund.refunded_on"}
)
_DAYS = frozenset({"order.placed_on"})
_SEGMENTS = frozenset(
    {
        "customer.segment",
        "customer.source_id",
        "customer.source_updated_at",
        "lifecycle_stage.customer",
        "lifecycle_stage.segment",
        "lifecycle_stage.started_at",
    }
)

_BY_CHANNEL = _ORDERS | _PEOPLE | _TOUCHES
_BUYERS = _BY_CHANNEL | _DAYS | _SEGMENTS
_BY_MONTH = _ORDERS | _PEOPLE | _DAYS | _SEGMENTS

READS: Mapping[str, Fields] = {
    "customers": _BY_CHANNEL,
    "orders": _BY_CHANNEL | _DAYS,
    "revenue": _BY_CHANNEL | _DAYS | _MONEY,
    "average_order_value": _BY_CHANNEL | _DAYS | _MONEY,
    **dict.fromkeys(("gross", "discount_rate"), _SOLD | _LINES | _DISCOUNTS),
    "discounts": _SOLD | _DISCOUNTS,
    "returns": _SOLD | _LINES,
    **dict.fromkeys(
        ("refunds", "refunds_by_refund_date", "refund_bridge"), _SOLD | _REFUNDS
    ),
    "total_sales": _SOLD | _MONEY | _BESIDE,
    **dict.fromkeys(
        ("margin", "costed_revenue", "margin_coverage"), _SOLD | _MONEY | _COSTS
    ),
    "refund_rate": _SOLD | _MONEY,
    **dict.fromkeys(
        ("new_customers", "returning_customers"), _SOLD | _ORDERS | _PEOPLE
    ),
    **dict.fromkeys(
        ("new_revenue", "returning_revenue"), _SOLD | _ORDERS | _PEOPLE | _MONEY
    ),
    "unknown_revenue": _SOLD | _PEOPLE | _MONEY | {"order.customer"},
    "repeat_rate_90": _BY_CHANNEL | _DAYS,
    **dict.fromkeys(
        (key for key, one in METRICS.items() if one.view == "second_purchases"),
        _BY_CHANNEL | _DAYS | _SEGMENTS,
    ),
    **dict.fromkeys(("buyers", "one_time_share", "repeat_of_buyers_90"), _BUYERS),
    **dict.fromkeys(("net_of_buyers", "refund_rate_of_buyers"), _BUYERS | _MONEY),
    "returns_of_buyers": _BUYERS | _LINES | _MONEY,
    "discount_rate_of_buyers": _BUYERS | _LINES | _DISCOUNTS,
    **dict.fromkeys(
        (
            "margin_of_buyers",
            "margin_coverage_of_buyers",
            "margin_rate_of_buyers",
            "margin_per_buyer",
        ),
        _BUYERS | _MONEY | _COSTS,
    ),
    **dict.fromkeys(acquisition.LIFETIMES, _BY_CHANNEL | _DAYS | _MONEY),
    "cohort_customers": _BY_MONTH,
    "cohort_retention": _BY_MONTH,
    "cohort_value": _BY_MONTH | _MONEY,
}

_SPEND = frozenset(
    {
        "ad_spend.campaign",
        "ad_spend.currency",
        "ad_spend.on",
        "ad_spend.spend",
    }
)
# Of touches and orders of one instant none has to be the first.
_CREDITED = _BY_CHANNEL - {"event.message_id", "order.source_id"} | _DAYS | _MONEY
READS = {
    **READS,
    **dict.fromkeys(attribution.CREDITED, _CREDITED),
    # Whether there are storefronts to be told of together, sales say.
    "spend": _SPEND | {"order.status"},
    "cac": _BY_CHANNEL | _DAYS | _SPEND,
    "roas": _CREDITED | _SPEND,
}


class Readings:
    """What the published numbers are made of."""

    def reads(self) -> Mapping[str, Fields]:
        return READS

    def made_from(self) -> Mapping[str, Fields]:
        return _MADE_FROM

    def pages(self, kpi: str) -> Sequence[Page]:
        """Return the pages whose tables ask for the KPI's readings."""
        found = []
        if kpi in acquisition.METRICS:
            found.append(Page("Acquisition to LTV", reverse("reporting:acquisition")))
        found += [
            Page(board.title, reverse(f"reporting:{board.key}"))
            for board in BOARDS.values()
            if kpi in board.metrics()
        ]
        if kpi in attribution.METRICS:
            found.append(Page("Attribution", reverse("reporting:attribution")))
        if kpi == cohorts.SIZES:
            found.append(Page("Cohorts", reverse("reporting:cohorts")))
        for measure in cohorts.MEASURES:
            if kpi == measure.metric:
                address = f"{reverse('reporting:cohorts')}?measure={measure.key}"
                found.append(Page(f"Cohorts: {measure.name}", address))
        return found


_MADE_FROM: Mapping[str, Fields] = {
    f"{entity.name}.{name}": frozenset(fields)
    for entity in ENTITIES.values()
    for name, fields in entity.made_from().items()
}
