"""A new model out of stewards' answers: kept, measured, and asked for like any change.

Nothing is scored by it until its owners have said yes. It takes a worker: the weights are
learned by the engine.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
from django.db import transaction

from governance import changes
from governance.changes import Proposed
from governance.models import ChangeRequest, Kind, Storefront, User, Version
from identity import policy, quarantine, queue, weighing, weights
from identity.matching import calibration, learning
from identity.matching.learning import TooFewAnswers
from identity.matching.model import Model
from identity.models import MatchModel
from identity.policy import Policy
from identity.queue import Label
from measurement.models import CustomerRecord

_RULE = "scoring"
# Of so many answers one is kept from the learning, to see what the weights make of it.
_KEPT_BACK = 5
_BITS = float(np.log(2))


class NothingAgreed(Exception):
    """There is no rule yet that could name another model."""


@dataclass(frozen=True, slots=True)
class _Answered:
    """Pairs somebody settled: how they compare, and whether they are one person."""

    levels: pa.Table
    same: np.ndarray

    def only(self, chosen: np.ndarray) -> "_Answered":
        return _Answered(self.levels.filter(pa.array(chosen)), self.same[chosen])


@transaction.atomic
def propose(*, by: User, at: datetime) -> ChangeRequest:
    """Learn from every settled answer, keep the model, and open a request for it.

    Raises:
        TooFewAnswers: nothing can be learned from what was answered.
        NothingAgreed: the registries have not begun.
        ChangeError: it is refused as a proposal.
    """
    held = Version.objects.current().filter(kind=Kind.IDENTITY, key=_RULE).first()
    if held is None:
        raise NothingAgreed(
            "No identity rule says which model scores. Begin the registries first: "
            "manage.py bootstrap."
        )
    model = learn(by=by, at=at)
    parameters = {**held.body["parameters"], "model": model.digest}
    return changes.propose(
        title=f"Score by {model.answers:,} answers of stewards",
        reason=_reason(model.measured),
        operations=[
            Proposed(
                Kind.IDENTITY,
                _RULE,
                held.domain_id,
                {**held.body, "parameters": parameters},
            )
        ],
        by=by,
        at=at,
    )


def learn(*, by: User | None, at: datetime) -> MatchModel:
    """Return the model that all settled answers teach; it scores nobody by itself.

    Raises:
        TooFewAnswers: fewer than can be learned from, or all of them alike.
    """
    prior, answered = _answered(policy.now(), list(queue.labels()))
    taught = learning.learn(answered.levels, answered.same, prior)
    return weights.keep(
        json.loads(taught.to_json()),
        answers=len(answered.same),
        measured=_measured(prior, answered),
        by=by,
        at=at,
    )


def _answered(agreed: Policy, labels: Sequence[Label]) -> tuple[Model, _Answered]:
    """Return the weights there are, and the answered pairs as they compare today.

    Weights are those of the storefront of which most was answered.
    """
    of = _storefronts(labels)
    found: list[tuple[Model, _Answered]] = []
    for storefront in Storefront.objects.filter(pk__in=set(of.values())).order_by("pk"):
        here = {
            (label.left, label.right): label.is_same
            for label in labels
            if of[label.left] == storefront.pk
        }
        weighed = weighing.weigh(storefront.pk, agreed, aside=quarantine.standing())
        levels = weighed.compared(here)
        pairs = zip(
            levels["left"].to_pylist(), levels["right"].to_pylist(), strict=True
        )
        same = np.array([here[pair] for pair in pairs], dtype=bool)
        found.append((weighed.model, _Answered(levels, same)))
    if not found:
        raise TooFewAnswers("Nobody has settled a pair yet.")
    prior, _ = max(found, key=lambda each: len(each[1].same))
    return prior, _Answered(
        pa.concat_tables([each.levels for _, each in found], promote_options="default"),
        np.concatenate([each.same for _, each in found]),
    )


def _storefronts(labels: Sequence[Label]) -> Mapping[int, int]:
    records = CustomerRecord.objects.filter(pk__in=[label.left for label in labels])
    return dict(records.values_list("pk", "system__storefront"))


def _measured(prior: Model, answered: _Answered) -> dict[str, Any]:
    """Return what weights learned from most of the answers make of the others.

    ``surprise`` is in bits per answer: the less, the better the answers were foretold.
    """
    back = np.arange(len(answered.same)) % _KEPT_BACK == 0
    kept, others = answered.only(back), answered.only(~back)
    try:
        taught = learning.learn(others.levels, others.same, prior)
    except TooFewAnswers:
        return {"answers": len(answered.same), "same": int(answered.same.sum())}
    return {
        "answers": len(answered.same),
        "same": int(answered.same.sum()),
        "unseen": len(kept.same),
        "surprise_before": _surprise(prior, kept),
        "surprise_after": _surprise(taught, kept),
    }


def _surprise(model: Model, kept: _Answered) -> float:
    likely = model.probability(model.bits(kept.levels)).clip(1e-6, 1 - 1e-6)
    odds = np.log(likely / (1 - likely))
    lost, _ = calibration.surprise(odds, kept.same, wrong=learning.WRONG_ANSWERS)
    return round(float(lost.mean()) / _BITS, 3)


def _reason(measured: Mapping[str, Any]) -> str:
    said = (
        f"Learned from {measured['answers']:,} answers, {measured['same']:,} of them "
        f"'same person'."
    )
    if "unseen" not in measured:
        return said
    return (
        f"{said} Of {measured['unseen']:,} answers it had not seen, each surprised it by "
        f"{measured['surprise_after']} bits; the weights in force by "
        f"{measured['surprise_before']}."
    )
