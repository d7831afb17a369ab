"""What became of the money, month by month: from gross to net, in both refund calendars.

Everything here stands in the month of the order, but for what says it is of the refund.
"""

from decimal import Decimal

from reporting.intervals import money, ratio
from reporting.metrics.registry import (
    SMALL,
    Cell,
    Row,
    by_month,
    metric,
    until_ended,
)


@metric("gross", view="money")
def gross(row: Row, _min_n: int) -> Cell:
    """What was sold at list price.

    Population: the sales of a storefront. Numerator: what lines of sale took, with what
    the shop took off them added again: before discounts, returns, shipping and tax.
    Grain: storefront and month, and the storefront in total. Unit: the storefront's
    currency. ``n`` counts the purchases. Never withheld; a month grows until its last day
    is known.
    """
    return _sum(row, row["gross"])


@metric("discounts", view="money")
def discounts(row: Row, _min_n: int) -> Cell:
    """What the shop took off its own prices.

    Population: the sales of a storefront. Numerator: the shop's discounts on lines of
    sale, and what it added to a maker's coupon; what a maker paid is none. Grain:
    storefront and month, and the storefront in total. Unit: the storefront's currency.
    ``n`` counts the purchases. Never withheld; a month grows until its last day is known.
    """
    return _sum(row, row["discounts"])


@metric("returns", view="money")
def returns(row: Row, _min_n: int) -> Cell:
    """What came back as lines of orders.

    Population: the sales of a storefront. Numerator: what lines of a quantity below zero
    gave back, above zero; what is refunded is no line. Grain: storefront and
    month, and the storefront in total. Unit: the storefront's currency. ``n`` counts the
    purchases. Never withheld; a month grows until its last day is known.
    """
    return _sum(row, row["returns"])


@metric("refunds", view="money")
def refunds(row: Row, _min_n: int) -> Cell:
    """What was given back, in the month of the sale.

    Population: the sales of a storefront. Numerator: their refunds, by the day of the
    order: the calendar of revenue, cohorts and lifetime value. Grain: storefront and
    month, and the storefront in total. Unit: the storefront's currency. ``n`` counts the
    purchases. Never withheld. Any month's may still grow, as long as refunds come.
    """
    return _sum(row, row["refunds"])


@metric("refunds_by_refund_date", view="money")
def refunds_by_refund_date(row: Row, _min_n: int) -> Cell:
    """What was given back, in the month it was paid.

    Population: the sales of a storefront. Numerator: their refunds, by the day of the
    refund: the calendar of the ledger, in which no month changes once it is over. Grain:
    storefront and month, and the storefront in total, which is that of ``refunds``. Unit:
    the storefront's currency. ``n`` counts the purchases. Never withheld; a month grows
    until its last day is known.
    """
    return _sum(row, row["refunds_by_day"])


@metric("refund_bridge", view="money")
def refund_bridge(row: Row, _min_n: int) -> Cell:
    """What one refund calendar has more than the other.

    Population: the sales of a storefront. Numerator: ``refunds`` minus
    ``refunds_by_refund_date``: what was given back later for sales of the month, less what
    was given back in it for earlier ones. Grain: storefront and month, and the storefront
    in total, where it is nothing. Unit: the storefront's currency. ``n`` counts the
    purchases. Never withheld.
    """
    return _sum(row, row["refunds"] - row["refunds_by_day"])


@metric("total_sales", view="money")
def total_sales(row: Row, _min_n: int) -> Cell:
    """What buyers owed, all told.

    Population: the sales of a storefront. Numerator: their net sales, shipping and tax.
    Grain: storefront and month, and the storefront in total. Unit: the storefront's
    currency. ``n`` counts the purchases. Never withheld; a month grows until its last day
    is known.
    """
    return _sum(row, row["sales"] - row["refunds"] + row["shipping"] + row["tax"])


@metric("margin", view="money")
def margin(row: Row, _min_n: int) -> Cell:
    """What was left when the goods were paid.

    Population: the sales of a storefront all of whose lines have a known cost on the day
    of the sale; ``margin_coverage`` says how much of the revenue that is. Numerator: their
    net sales minus the cost of the units that were kept. An unknown cost is unknown and
    never zero: where no sale is covered there is no margin. Grain: storefront and month,
    and the storefront in total. Unit: the storefront's currency. ``n`` counts the
    purchases, covered or not. Never withheld where a cost is known.
    """
    if not row["costed"] and not row["cost"]:
        return Cell(by_month(row), None, row["orders"], state=SMALL)
    return _sum(row, row["costed"] - row["cost"])


@metric("costed_revenue", view="money")
def costed_revenue(row: Row, _min_n: int) -> Cell:
    """How much of the revenue has a known cost.

    Population: the sales of a storefront. Numerator: net sales of those all of whose lines
    have a known cost on the day of the sale. Grain: storefront and month, and the
    storefront in total. Unit: the storefront's currency. ``n`` counts the purchases.
    Never withheld; a month grows until its last day is known.
    """
    return _sum(row, row["costed"])


@metric("margin_coverage", view="money")
def margin_coverage(row: Row, min_n: int) -> Cell:
    """Which share of the revenue has a known cost.

    Population: the sales of a storefront. Numerator: ``costed_revenue``; denominator: net
    sales. Grain: storefront and month, and the storefront in total. Unit: a share, from 0
    to 1 where nothing was sold below zero. ``n`` counts the purchases: withheld below
    ``min_n``, and where nothing was taken.
    """
    return _share(row, row["costed"], row["sales"] - row["refunds"], min_n)


@metric("discount_rate", view="money")
def discount_rate(row: Row, min_n: int) -> Cell:
    """Which share of the list price was given away.

    Population: the sales of a storefront. Numerator: ``discounts``; denominator:
    ``gross``. Grain: storefront and month, and the storefront in total. Unit: a share
    from 0 to 1. ``n`` counts the purchases: withheld below ``min_n``, and where nothing
    was sold.
    """
    return _share(row, row["discounts"], row["gross"], min_n)


@metric("refund_rate", view="money")
def refund_rate(row: Row, min_n: int) -> Cell:
    """Which share of what lines took was given back.

    Population: the sales of a storefront. Numerator: ``refunds``, in the month of the
    sale; denominator: what lines took, discounts and returns gone. Grain: storefront and
    month, and the storefront in total. Unit: a share from 0 to 1. ``n`` counts the
    purchases: withheld below ``min_n``, and where nothing was taken. Any month's may
    still grow, as long as refunds come.
    """
    return _share(row, row["refunds"], row["sales"], min_n)


@metric("new_customers", view="money")
def new_customers(row: Row, _min_n: int) -> Cell:
    """How many people bought for the first time.

    Population: the buyers of a storefront. Numerator: each counts once, in the month of
    their first purchase. Grain: storefront and month, and the storefront in total, which
    is that of ``customers``. Unit: people. ``n`` is the same count. Never withheld; a
    month grows until its last day is known.
    """
    return _people(row, row["new_customers"])


@metric("returning_customers", view="money")
def returning_customers(row: Row, _min_n: int) -> Cell | None:
    """How many people bought again who had bought in an earlier month.

    Population: the buyers of a storefront. Numerator: those with a purchase in the month
    whose first purchase lies in an earlier one; who came back in two months counts in
    both, so that months do not sum up. Grain: storefront and month. Unit: people. ``n``
    is the same count. Never withheld; a month grows until its last day is known.
    """
    if row["returning_customers"] is None:
        return None
    return _people(row, row["returning_customers"])


@metric("new_revenue", view="money")
def new_revenue(row: Row, _min_n: int) -> Cell:
    """What first purchases brought.

    Population: the first purchase of every buyer. Numerator: their net sales. Grain:
    storefront and month, and the storefront in total. Unit: the storefront's currency.
    ``n`` counts the buyers. Never withheld; a month grows until its last day is known.
    """
    return _sum(row, row["net_of_new"], n=row["new_customers"])


@metric("returning_revenue", view="money")
def returning_revenue(row: Row, _min_n: int) -> Cell:
    """What people we know brought after their first purchase.

    Population: the sales of people we know but for first purchases, credits with them.
    Numerator: their net sales. With ``new_revenue`` and ``unknown_revenue`` it sums to
    ``revenue`` exactly. Grain: storefront and month, and the storefront in total. Unit:
    the storefront's currency. ``n`` counts all purchases. Never withheld; a month grows
    until its last day is known.
    """
    net = row["sales"] - row["refunds"]
    return _sum(row, net - row["net_of_new"] - row["net_of_nobody"])


@metric("unknown_revenue", view="money")
def unknown_revenue(row: Row, _min_n: int) -> Cell:
    """What was sold to nobody we know.

    Population: the sales without a person, as of guests nobody could tell. Numerator: their
    net sales: nobody knows whether these were first purchases. Grain: storefront and
    month, and the storefront in total. Unit: the storefront's currency. ``n`` counts all
    purchases. Never withheld; a month grows until its last day is known.
    """
    return _sum(row, row["net_of_nobody"])


def _sum(row: Row, micros: int, *, n: int | None = None) -> Cell:
    count = row["orders"] if n is None else n
    return Cell(by_month(row), money(micros), count, state=until_ended(row))


def _people(row: Row, count: int) -> Cell:
    return Cell(by_month(row), Decimal(count), count, state=until_ended(row))


def _share(row: Row, part: int, whole: int, min_n: int) -> Cell:
    if row["orders"] < min_n or whole <= 0:
        return Cell(by_month(row), None, row["orders"], state=SMALL)
    return Cell(
        by_month(row), ratio(part, whole), row["orders"], state=until_ended(row)
    )
