"""Pairs that weights join, kept for the stitching: evidence, beside what rules find.

The weighing finds them in one night, the stitching of the next night joins them: so who
is who stays a function of what records say, what stewards said, and what is kept here.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from governance.models import Storefront
from identity import ledger, rows
from identity.scored import Likely


def keep(
    storefront: Storefront,
    found: Iterable[Likely],
    *,
    model: str,
    policy: str,
    at: datetime,
) -> int:
    """Let these be the pairs of the storefront that weights join; return how many changed.

    The records of a pair that came, went, or is likely otherwise than before are read
    again: a join that was made by it comes apart, or is made, with the next stitching.
    """
    pairs = list(found)
    said = {
        "storefront": storefront.pk,
        "lefts": [pair.left for pair in pairs],
        "rights": [pair.right for pair in pairs],
        "bits": [pair.bits for pair in pairs],
        "needs": [" ".join(sorted(pair.rests_on)) for pair in pairs],
    }
    changed = rows.select("forget_likely_pairs", **said)
    changed += rows.select(
        "keep_likely_pairs", **said, model=model, policy=policy, at=at
    )
    ledger.read_again({record for pair in changed for record in pair})
    return len(set(changed))


def among(records: Collection[int]) -> list[Likely]:
    """Return the pairs of these records that weights join, the surest first."""
    return [
        Likely(left, right, bits, frozenset(rests_on), model)
        for left, right, bits, rests_on, model in rows.select(
            "likely_among", records=list(records)
        )
    ]
