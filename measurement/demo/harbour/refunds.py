"""What Harbour & Pine pays back: all of an order, one line of it, or a part."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from random import Random
from typing import NamedTuple

from measurement.demo.harbour.season import ENDS_AT
from measurement.demo.harbour.shoppers import Purchase
from measurement.demo.writing import moment, money

_IN_FULL = 0.52
_ONE_LINE = 0.80
_TWICE = 0.06
_REASONS = ("arrived damaged", "not as described", "wrong size", "changed mind", "late")


class Refund(NamedTuple):
    """Money paid back for an order, in the order's currency."""

    refund_id: str
    order_id: str
    refunded_at: str
    amount: str
    currency: str
    reason: str


def refunds(
    purchase: Purchase, currency: str, amounts: Sequence[int], rng: Random
) -> Iterator[Refund]:
    """Yield one refund or two, never more than the lines came to.

    What would be paid back after the last day has not happened yet.
    """
    at = purchase.at
    for nth, amount in enumerate(_parts(amounts, rng), start=1):
        at += timedelta(days=rng.randint(2, 18), seconds=rng.randrange(36_000))
        if at >= ENDS_AT:
            return
        yield Refund(
            refund_id=f"RF{purchase.order_id[2:]}-{nth}",
            order_id=purchase.order_id,
            refunded_at=moment(at),
            amount=money(amount),
            currency=currency,
            reason=rng.choice(_REASONS),
        )


def _parts(amounts: Sequence[int], rng: Random) -> list[int]:
    total = sum(amounts)
    luck = rng.random()
    if luck < _TWICE:
        half = total // 2
        return [half, (total - half) // 2]
    if luck < _IN_FULL:
        return [total]
    if luck < _ONE_LINE:
        return [rng.choice(amounts)]
    return [max(1, int(total * rng.uniform(0.1, 0.6)))]
