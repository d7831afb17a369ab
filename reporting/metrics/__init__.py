"""What is measured. A metric is a function; its docstring is its definition.

Each takes one row of its view, which holds counts and exact sums, and returns one cell:
rates are computed here, last. Words that hold for all of them:

* A *sale* is an order that is neither a test nor cancelled. A *purchase* is a sale that
  is no credit: a credit is money given back as a document of its own, a sale below zero
  on its own day, and nobody placed it.
* *Net sales* are what the order's lines took minus every refund given on that order,
  whenever it was given, in the storefront's currency, without shipping and tax.
* A *buyer* of a storefront is a person, as identity knows them at the build's moment,
  with a purchase there. A sale that is no buyer's counts as a sale of nobody.
* The *channel* is that of the person's earliest touch of the storefront at or before
  their first purchase there; ``unattributed`` where no such touch is known.
* Days and months are those of the reporting time zone. Windows are half-open: day 90
  after the first purchase lies outside the first 90 days.
* A storefront is *known until* the day of its last sale.
"""

from reporting.metrics import (
    attribution,
    brought,
    cohorts,
    lifetimes,
    money,
    returning,
    sales,
    spending,
)
from reporting.metrics.registry import ENTERED, MIN_N, Cell, Metric

__all__ = ["METRICS", "MIN_N", "THEMES", "Cell", "Metric"]

# In the order in which pages and documents tell of them.
THEMES = (sales, money, lifetimes, returning, brought, cohorts, attribution, spending)

METRICS = {
    key: metric
    for theme in THEMES
    for key, metric in ENTERED.items()
    if metric.made_by.__module__ == theme.__name__
}
