"""Draws a shop, computes, and returns what is said of one metric."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from tests.reporting import builds, shops

type Cells = dict[object, tuple[float | None, int, str]]


@pytest.fixture
def spec(db: None, however_few: None) -> Callable[..., Cells]:
    """Return each cell's value, n and state, under its channel or its place."""

    def told(metric: str, orders: str, touches: str = "") -> Cells:
        storefront = shops.write(shops.drawn(orders, touches))
        return {
            _place(dimensions): (_short(value), n, state)
            for dimensions, value, n, state in builds.told(
                builds.computed(), metric, storefront
            )
            if not _is_one_month(dimensions)
        }

    return told


@pytest.fixture
def monthly(db: None, however_few: None) -> Callable[..., Cells]:
    """Return each month's value, n and state, and those of all of them."""

    def told(metric: str, shop: shops.Shop) -> Cells:
        storefront = shops.write(shop)
        return {
            _place(dimensions): (_short(value), n, state)
            for dimensions, value, n, state in builds.told(
                builds.computed(), metric, storefront
            )
            if "channel" not in dimensions
        }

    return told


@pytest.fixture
def specs(db: None, however_few: None) -> Callable[..., dict[str, Cells]]:
    """Return the cells of several metrics of one shop, computed once."""

    def told(metrics: list[str], orders: str) -> dict[str, Cells]:
        storefront = shops.write(shops.drawn(orders))
        build = builds.computed()
        return {
            metric: {
                _place(dimensions): (_short(value), n, state)
                for dimensions, value, n, state in builds.told(
                    build, metric, storefront
                )
                if not _is_one_month(dimensions)
            }
            for metric in metrics
        }

    return told


def _is_one_month(dimensions: dict[str, object]) -> bool:
    return set(dimensions) == {"month"}


def _place(dimensions: dict[str, object]) -> object:
    if "cohort" not in dimensions:
        for name in ("campaign", "segment"):
            if name in dimensions:
                return f"{name} {dimensions[name]}"
        return dimensions.get("channel") or dimensions.get("month", "all")
    place = (dimensions["cohort"], dimensions["segment"] or "all")
    return (*place, dimensions["month"]) if "month" in dimensions else place


def _short(value: Decimal | None) -> float | None:
    return None if value is None else round(float(value), 4)
