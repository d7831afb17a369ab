"""The site's visits: what brought somebody, and what brought them back."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from measurement.demo.harbour.habits import ACQUIRED_BY
from measurement.demo.harbour.shoppers import Purchase, Shopper
from measurement.demo.touches import Mix, Site, Visit, Visitor
from measurement.demo.writing import write_ndjson

_NEVER_SEEN = 0.08
_BROUGHT_BY_ANOTHER = 0.08
_SEEN_AGAIN = 0.35
_LATE = 0.015
_TWICE = 0.005
_OTHER_DEVICE = 0.2

_RETURNED_BY = Mix(
    {
        "direct": 0.34,
        "email": 0.30,
        "organic_search": 0.18,
        "paid_search": 0.12,
        "paid_social": 0.06,
    }
)


def write(folder: Path, shoppers: Sequence[Shopper], *, seed: int) -> None:
    """Write the visits as they were delivered: some late, some twice."""
    rng = Random(f"{seed} harbour visits")
    site = Site("harbour", rng)
    delivered = [
        (at, visit.message_id, visit)
        for shopper in shoppers
        if shopper.purchases and not shopper.is_staff
        for visited_at, visit in _visits(shopper, site, rng)
        for at in _delivered_at(visited_at, rng)
    ]
    delivered.sort()
    rows = (visit._asdict() for _, _, visit in delivered)
    write_ndjson(folder / "touches.ndjson.gz", rows)


def _delivered_at(at: datetime, rng: Random) -> Iterator[datetime]:
    delay = timedelta(seconds=rng.randrange(90))
    if rng.random() < _LATE:
        delay = timedelta(hours=rng.uniform(20, 90))
    yield at + delay
    if rng.random() < _TWICE:
        yield at + delay + timedelta(minutes=rng.uniform(1, 300))


def _visits(
    shopper: Shopper, site: Site, rng: Random
) -> Iterator[tuple[datetime, Visit]]:
    if rng.random() < _NEVER_SEEN:
        return
    cookie = site.cookie()
    first, *later = shopper.purchases
    channel = shopper.channel
    if rng.random() < _BROUGHT_BY_ANOTHER:
        channel = ACQUIRED_BY.draw(rng)
    for at in _before(first.at, rng):
        if rng.random() < _OTHER_DEVICE:
            cookie = site.cookie()
        yield at, site.visit(channel, at, _visitor(first, cookie))
        channel = _RETURNED_BY.draw(rng)
    for purchase in later:
        if rng.random() < _SEEN_AGAIN:
            at = purchase.at - timedelta(hours=0.1 + rng.expovariate(1 / 20))
            by = _RETURNED_BY.draw(rng)
            yield at, site.visit(by, at, _visitor(purchase, cookie))


def _before(first: datetime, rng: Random) -> list[datetime]:
    """Return one to six moments of the weeks before the first order."""
    count = rng.choices((1, 2, 3, 4, 5, 6), (34, 27, 18, 11, 6, 4))[0]
    ago = sorted((0.1 + rng.expovariate(1 / 100) for _ in range(count)), reverse=True)
    return [first - timedelta(hours=min(hours, 24 * 60)) for hours in ago]


def _visitor(purchase: Purchase, cookie: str) -> Visitor:
    """Return whom the site could tell from the purchase the visit led to."""
    if purchase.account is None:
        return Visitor(cookie, None, purchase.order_id)
    return Visitor(cookie, purchase.account.account_id, None)
