"""What else hangs on a pair: other pairs of the same few people that wait for an answer."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q

from governance.models import User
from identity.models import MatchCandidate
from identity.queue.claiming import readable

# Of a crowd nobody reads more at a sitting.
MOST = 12


@dataclass(frozen=True)
class Neighbour:
    """Another pair that waits: of one of the two people, or of two who hang on them."""

    pair: MatchCandidate
    touches_left: bool
    touches_right: bool

    @property
    def where(self) -> str:
        """Return how it hangs on the pair, in words."""
        if self.touches_left and self.touches_right:
            return "between the two"
        if self.touches_left:
            return "of the left one"
        if self.touches_right:
            return "of the right one"
        return "of others who hang on them"


def neighbours(
    pair: MatchCandidate,
    *,
    left: Collection[int],
    right: Collection[int],
    by: User,
    at: datetime,
) -> list[Neighbour]:
    """Return the pairs the steward may read that hang on this one, the nearest first.

    ``left`` and ``right`` are all records of the two people. Pairs of others stand here
    where both of them are asked about beside one of the two.
    """
    here = {*left, *right}
    waiting = readable(by=by, at=at).exclude(pk=pair.pk).with_records()
    touching = list(
        waiting.filter(Q(left__in=here) | Q(right__in=here)).order_by(
            F("rank").desc(), "id"
        )[:MOST]
    )
    beyond = {
        record for each in touching for record in (each.left_id, each.right_id)
    } - here
    among = waiting.filter(left__in=beyond, right__in=beyond) if beyond else ()
    found = [
        Neighbour(
            each,
            bool({each.left_id, each.right_id} & {*left}),
            bool({each.left_id, each.right_id} & {*right}),
        )
        for each in [*touching, *among][:MOST]
    ]
    return sorted(found, key=lambda one: -(one.touches_left + one.touches_right))
