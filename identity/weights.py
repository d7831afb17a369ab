"""The models that scored: kept as they were, and named by what is in force."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from governance.models import User
from identity.models import MatchModel
from identity.policy import Policy


class UnknownModel(Exception):
    """What was agreed on names a model that is not kept here."""


def keep(
    body: Mapping[str, Any],
    *,
    answers: int,
    measured: Mapping[str, Any],
    by: User | None,
    at: datetime,
) -> MatchModel:
    """Write the weights down, once; weights that are there already stay as they are.

    It scores nobody: which model does is agreed on by the identity rule ``scoring``.

    Args:
        body: the weights, as the scorer reads them.
        answers: how many pairs with a known answer they were made from; 0, if none.
        measured: what they came to, for whoever decides on them.
    """
    # Whoever learnt the same at once wrote the same.
    MatchModel.objects.bulk_create(
        [
            MatchModel(
                body=dict(body),
                origin=_origin(answers),
                answers=answers,
                measured=dict(measured),
                made_by=by,
                made_at=at,
            )
        ],
        ignore_conflicts=True,
    )
    return MatchModel.objects.get(body=dict(body))


def in_force(agreed: Policy) -> MatchModel | None:
    """Return the model that was agreed on; None, where weights are to be estimated.

    Raises:
        UnknownModel: it is not kept here.
    """
    wanted = agreed.scoring.model
    if not wanted:
        return None
    found = MatchModel.objects.filter(digest=wanted).first()
    if found is None:
        raise UnknownModel(
            f"It was agreed that model {wanted[:12]} scores, and no such model is kept "
            f"here. Agree on one of those there are, or on none."
        )
    return found


def _origin(answers: int) -> str:
    origins = MatchModel.Origin
    return origins.LEARNED if answers else origins.COLD_START
