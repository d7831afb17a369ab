"""What each dashboard shows: its tiles, its tables, and the chart above each table."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """A number of a table or a tile.

    Over several months it is their sum where it ``adds_up``; where it is one number by
    another (``part`` by ``whole``), that of their sums; and else the number of all that
    is known, which no period narrows.
    """

    metric: str
    adds_up: bool = False
    part: str = ""
    whole: str = ""

    @property
    def metrics(self) -> tuple[str, ...]:
        return tuple(one for one in (self.metric, self.part, self.whole) if one)


@dataclass(frozen=True)
class Chart:
    """Which columns are drawn, and how: ``bars``, ``stack`` or ``lines``."""

    kind: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Panel:
    """A chart and its table: one row per value of ``by``, and one of all of them.

    ``everybody`` is what the row of all is called where it is of more than the rows shown.
    With ``is_against_all`` each number says whether its interval leaves out that of all.
    """

    key: str
    title: str
    words: str
    by: str
    columns: tuple[Column, ...]
    chart: Chart | None = None
    # What the row of all is called; and whether each other one is told apart from it.
    everybody: str = ""
    is_against_all: bool = False


@dataclass(frozen=True)
class Board:
    """A dashboard: its place in the site, its tiles and its tables."""

    key: str
    title: str
    lede: str
    tiles: tuple[Column, ...]
    panels: tuple[Panel, ...]

    def metrics(self) -> frozenset[str]:
        """Return every metric it asks for."""
        return frozenset(
            metric for column in self._columns() for metric in column.metrics
        )

    def _columns(self) -> Iterator[Column]:
        yield from self.tiles
        for panel in self.panels:
            yield from panel.columns


def summed(*metrics: str) -> tuple[Column, ...]:
    """Return columns whose months add up."""
    return tuple(Column(metric, adds_up=True) for metric in metrics)


_PER_ORDER = Column("average_order_value", part="revenue", whole="orders")
_REPEAT, _LTV, _EARLY = Column("repeat_rate_90"), Column("ltv_365"), Column("ltv_90")

_VELOCITY = tuple(
    Column(metric)
    for metric in (
        "repeat_within_30", "repeat_within_60", "repeat_within_90", "repeat_within_180",
        "repeat_within_365", "days_to_second_25", "days_to_second_50",
    )
)  # fmt: skip

GROWTH = Board(
    key="growth",
    title="Growth",
    lede="What was sold month by month, to new people or to those who came back, and "
    "which channels bring people who are worth something.",
    tiles=(
        *summed("revenue", "orders", "new_customers"), _PER_ORDER, _REPEAT, _LTV,
    ),
    panels=(
        Panel(
            key="months",
            title="Revenue by month",
            words="Net sales: a refund lowers the month of its sale.",
            by="month",
            columns=(*summed("revenue", "orders"), _PER_ORDER),
            chart=Chart("bars", ("revenue",)),
        ),
        Panel(
            key="repeat",
            title="Repeat rate by acquisition channel",
            words="By the channel people came by first. A channel leads to its people.",
            by="channel",
            columns=(Column("customers"), _REPEAT),
            chart=Chart("bars", ("repeat_rate_90",)),
        ),
        Panel(
            key="velocity",
            title="How soon people come back, by channel",
            words="Who is too young to tell counts for as long as they are known: no mean "
            "of those who did come back, which grows with the age of the data alone.",
            by="channel",
            columns=_VELOCITY,
            chart=Chart("bars", ("repeat_within_90",)),
        ),
        Panel(
            key="velocity_by_segment",
            title="How soon people come back, by segment",
            words="By the segment people were in at their first purchase.",
            by="segment",
            columns=_VELOCITY,
            chart=Chart("bars", ("repeat_within_90",)),
        ),
        Panel(
            key="people",
            title="New and returning",
            words="People who bought in a month: for the first time, or again. Who "
            "bought in two months counts in both.",
            by="month",
            columns=(
                *summed("new_customers"), Column("returning_customers"),
                *summed("new_revenue", "returning_revenue", "unknown_revenue"),
            ),
            chart=Chart("stack", ("new_customers", "returning_customers")),
        ),
        Panel(
            key="worth",
            title="Lifetime value by acquisition channel",
            words="What a new buyer brought within so many days of the first order.",
            by="channel",
            columns=(Column("customers"), Column("ltv_30"), _EARLY, _LTV),
            chart=Chart("bars", ("ltv_365",)),
        ),
    ),
)  # fmt: skip

_DISCOUNTED = Column("discount_rate", part="discounts", whole="gross")
_COVERED = Column("margin_coverage", part="costed_revenue", whole="revenue")

QUALITY = Board(
    key="quality",
    title="Revenue quality",
    lede="What is left of what was sold: discounts and refunds in both calendars, the "
    "margin of what has a known cost, and who may not come back.",
    tiles=(
        *summed("gross"), _DISCOUNTED, *summed("refunds", "revenue", "margin"), _COVERED,
    ),
    panels=(
        Panel(
            key="refunds",
            title="Refunds in both calendars",
            words="By the month of the order, or by the month they were paid in. What "
            "one calendar has more in a month, the other has in another one.",
            by="month",
            columns=(
                *summed("refunds", "refunds_by_refund_date", "refund_bridge"),
                Column("refund_rate"),
            ),
            chart=Chart("lines", ("refunds", "refunds_by_refund_date")),
        ),
        Panel(
            key="net",
            title="From gross to net",
            words="Gross, less discounts and what came back, is what stays.",
            by="month",
            columns=summed(
                "gross", "discounts", "returns", "refunds", "revenue", "total_sales"
            ),
            chart=Chart("lines", ("gross", "revenue")),
        ),
        Panel(
            key="margin",
            title="Margin",
            words="Only of what has a known cost on its day; coverage says how much of "
            "the revenue that is. An unknown cost is unknown, and never zero.",
            by="month",
            columns=(
                *summed("margin"),
                *summed("costed_revenue"), _COVERED,
            ),
            chart=Chart("bars", ("margin",)),
        ),
        Panel(
            key="churn",
            title="Churn risk by segment",
            words="Which share of the buyers has stopped buying, as far as their own "
            "pace tells.",
            by="segment",
            columns=(Column("customers"), Column("churn_risk")),
            chart=Chart("bars", ("churn_risk",)),
        ),
    ),
)  # fmt: skip

_BUYERS = Column("buyers")

CAMPAIGNS = Board(
    key="campaigns",
    title="Campaign quality",
    lede="What kind of customers a campaign brought: who was never seen again, sent things "
    "back or bought at a discount only, against all buyers.",
    tiles=(
        _BUYERS,
        *(
            Column(metric)
            for metric in (
                "one_time_share", "repeat_of_buyers_90", "refund_rate_of_buyers",
                "discount_rate_of_buyers", "margin_per_buyer",
            )
        ),
    ),
    panels=(
        Panel(
            key="kept",
            title="Who came back, by campaign",
            words="By the campaign of the first visit that is known, of people who bought "
            "after it. Each is set against all buyers, whatever brought them.",
            by="campaign",
            columns=(
                _BUYERS, Column("net_of_buyers"), Column("one_time_share"),
                Column("repeat_of_buyers_90"),
            ),
            chart=Chart("bars", ("one_time_share",)),
            everybody="All buyers",
            is_against_all=True,
        ),
        Panel(
            key="earned",
            title="What they left, by campaign",
            words="Over all they ever bought: what was refunded to them, given as a discount, "
            "and left when the goods were paid.",
            by="campaign",
            columns=tuple(
                Column(metric)
                for metric in (
                    "buyers", "refund_rate_of_buyers", "discount_rate_of_buyers",
                    "margin_rate_of_buyers", "margin_per_buyer",
                    "margin_coverage_of_buyers",
                )
            ),
            chart=Chart("bars", ("margin_per_buyer",)),
            everybody="All buyers",
            is_against_all=True,
        ),
    ),
)  # fmt: skip

SEGMENTS = Board(
    key="segments",
    title="Segment profitability",
    lede="What a segment of the CRM earns, and not only turns over. People stand in the "
    "segment they were in at their first purchase.",
    tiles=tuple(
        Column(metric)
        for metric in (
            "buyers", "net_of_buyers", "returns_of_buyers", "margin_of_buyers",
            "margin_per_buyer", "margin_coverage_of_buyers",
        )
    ),
    panels=(
        Panel(
            key="margin",
            title="Margin by segment",
            words="Only of what has a known cost on its day; coverage says how much of net "
            "sales that is. An unknown cost is unknown, and never zero.",
            by="segment",
            columns=tuple(
                Column(metric)
                for metric in (
                    "buyers", "net_of_buyers", "returns_of_buyers", "margin_of_buyers",
                    "margin_coverage_of_buyers",
                )
            ),
            chart=Chart("bars", ("margin_of_buyers",)),
            everybody="All buyers",
        ),
        Panel(
            key="per_buyer",
            title="What one buyer earns, by segment",
            words="Of buyers all of whose sales have a known cost. Each segment is set "
            "against all buyers, those in no segment with them.",
            by="segment",
            columns=tuple(
                Column(metric)
                for metric in (
                    "margin_per_buyer", "margin_rate_of_buyers", "refund_rate_of_buyers",
                    "discount_rate_of_buyers", "repeat_of_buyers_90",
                )
            ),
            chart=Chart("bars", ("margin_per_buyer",)),
            everybody="All buyers",
            is_against_all=True,
        ),
    ),
)  # fmt: skip

BOARDS = {board.key: board for board in (GROWTH, QUALITY, CAMPAIGNS, SEGMENTS)}
