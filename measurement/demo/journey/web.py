"""The site's generated visits.

Channels are dealt by chance: the baskets are real, and inventing a channel that sells
better would put a finding into them.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from measurement.demo.journey.baskets import ENDS_AT
from measurement.demo.journey.residents import Resident, Residents
from measurement.demo.touches import Mix, Site, Visit, Visitor
from measurement.demo.writing import write_ndjson

_NEVER_SEEN = 0.10
_SEEN_ONLY_LATER = 0.06
_SEEN_LATER_TOO = 0.30
_SIGNED_IN = 0.94

_FIRST = Mix(
    {
        "paid_search": 0.21,
        "organic_search": 0.20,
        "direct": 0.16,
        "paid_social": 0.14,
        "email": 0.09,
        "referral": 0.07,
        "affiliates": 0.05,
        "organic_social": 0.05,
        "tiktok": 0.03,
    }
)
_LATER = Mix(
    {"direct": 0.35, "email": 0.30, "organic_search": 0.20, "paid_search": 0.15}
)


def write(folder: Path, residents: Residents, *, seed: int) -> None:
    """Write the visits in the order of time."""
    rng = Random(f"{seed} journey visits")
    site = Site("journey", rng)
    visits = [one for resident in residents.all for one in _visits(resident, site, rng)]
    visits.sort(key=lambda visit: (visit.at, visit.message_id))
    write_ndjson(folder / "touches.ndjson.gz", map(_row, visits))


def _row(visit: Visit) -> dict[str, object]:
    row: dict[str, object] = visit._asdict()
    # Nobody checks out here without an account.
    del row["order_id"]
    return row


def _visits(resident: Resident, site: Site, rng: Random) -> Iterator[Visit]:
    luck = rng.random()
    if luck < _NEVER_SEEN:
        return
    first = resident.baskets[0].at
    cookie = site.cookie()
    if luck >= _NEVER_SEEN + _SEEN_ONLY_LATER:
        mix = _FIRST
        for at in _before(first, rng):
            yield site.visit(mix.draw(rng), at, _visitor(resident, cookie, rng))
            mix = _LATER if rng.random() < 0.5 else _FIRST
        if rng.random() >= _SEEN_LATER_TOO:
            return
    for _ in range(rng.randint(1, 2)):
        at = first + (ENDS_AT - first) * rng.random()
        yield site.visit(_LATER.draw(rng), at, _visitor(resident, cookie, rng))


def _before(first: datetime, rng: Random) -> list[datetime]:
    """Return one to five moments of the weeks before the first basket."""
    count = rng.choices((1, 2, 3, 4, 5), (38, 27, 18, 11, 6))[0]
    hours = sorted((0.2 + rng.expovariate(1 / 130) for _ in range(count)), reverse=True)
    return [first - timedelta(hours=min(ago, 24 * 45)) for ago in hours]


def _visitor(resident: Resident, cookie: str, rng: Random) -> Visitor:
    signed_in = rng.random() < _SIGNED_IN
    return Visitor(cookie, resident.household_id if signed_in else None, None)
