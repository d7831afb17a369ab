"""Rows of audits and likely pairs that the database refuses, by the rule that refuses them."""

from collections.abc import Callable
from typing import Any

from identity.models import Audit, LikelyPair
from tests import make

MONDAY = make.moment("2026-03-02")


def audit(**said: Any) -> Audit:
    """Return an audit of a new pair that waits, but for what is said otherwise."""
    candidate = said.pop("candidate", None) or make.candidate()
    return Audit.objects.create(
        **{
            "candidate": candidate,
            "storefront": candidate.left.system.storefront,
            "drawn_at": MONDAY,
            "seed": "night 1",
            "drawn_from": 0.99,
            "drawn_by_model": "estimated",
            "was_one_person": False,
            "probability": 0.995,
            "model_version": "estimated",
            **said,
        }
    )


def likely(left=None, right=None, **said: Any) -> LikelyPair:
    """Return a pair of records that weights join."""
    left, right = left or make.record(), right or make.record()
    return LikelyPair.objects.create(
        **{
            "storefront": left.system.storefront,
            "left": left,
            "right": right,
            "bits": 9,
            "model_version": "estimated",
            "policy_version": "agreed",
            "since": MONDAY,
            **said,
        }
    )


def likely_twice() -> None:
    pair = likely()
    likely(pair.left, pair.right)


def likely_backwards() -> None:
    left, right = make.record(), make.record()
    likely(right, left)


REFUSED: dict[str, Callable[[], object]] = {
    "audited_pair_is_as_likely_as_can_be": lambda: audit(probability=1.01),
    "pair_is_likely_once": likely_twice,
    "likely_pair_is_written_one_way": likely_backwards,
}
