"""What who is who alone does to the numbers: computed with it and without, on the same data.

Only whose a record is differs between the two: every row, definition and visit is as it is
now. A record that came in between counts for whom it came to on both sides; that it came
is news, and no restatement.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from identity import enrichment, ledger, rows
from identity.models import IdentityEvent, Link, Move, OrderContext
from measurement.shadow import stand_in_for
from reporting import agreed, shadow
from reporting.models import Build, Restatement, Restating
from reporting.shadow import Number, Place

type _Turned = Mapping[int, int]
_NOTHING: Number = (None, 0)


class CannotRestate(Exception):
    """It cannot be measured; the message says why."""


def measure(*, restating_id: int, at: datetime) -> Restating:
    """Measure what was asked for, and keep every number that moves. Twice measures once."""
    with transaction.atomic():
        restating = Restating.objects.select_for_update().get(pk=restating_id)
        if restating.state != Restating.State.ASKED:
            return restating
        try:
            before, after = _both(restating, at)
        except (CannotRestate, shadow.CannotCompute) as refused:
            restating.state, restating.message = Restating.State.FAILED, str(refused)
        else:
            _keep(restating, before, after)
            restating.state = Restating.State.MEASURED
            restating.measured_at = at
            restating.looked_at = len({**before, **after})
        restating.save()
        return restating


def _both(
    restating: Restating, at: datetime
) -> tuple[dict[Place, Number], dict[Place, Number]]:
    """Return the numbers before and after what is asked about."""
    match restating.of:
        case Restating.Of.NIGHT:
            assert restating.build_before is not None
            builds = (restating.build_before, restating.build_after)
            first, second = (_numbers(_as_at(build), at) for build in builds)
            return first, second
        case Restating.Of.EVENT:
            assert restating.event is not None
            return _numbers(_without(restating.event), at), _numbers({}, at)
    return _numbers({}, at), _numbers(_joined(restating.people), at)


def _as_at(build: Build) -> _Turned:
    """Return whose records were that are another's now, as the build had them."""
    return dict(rows.select("turned_since", moment=build.identity_moment))


def _without(event: IdentityEvent) -> _Turned:
    """Return whose records would be, had the event not been: those it moved, and no other.

    Raises:
        CannotRestate: everything it moved has moved on since.
    """
    moved = {
        move.record_id: (move.from_person_id, move.to_person_id)
        for move in Move.objects.filter(event=event)
    }
    now = ledger.people_of(record_ids=moved)
    turned = {
        record: origin
        for record, (origin, to) in moved.items()
        if origin is not None and now.get(record) == to
    }
    if not turned:
        raise CannotRestate(
            "Nothing of what it moved is still where it put it, so there is nothing to "
            "take away: look at what came later."
        )
    return turned


def _joined(people: list[int]) -> _Turned:
    """Return whose records would be if the people were one.

    Raises:
        CannotRestate: they are one already, or nothing is known of one of them.
    """
    links = ledger.open_links(people=people)
    if len({link.person for link in links.values()}) < len(people):
        raise CannotRestate("They are one by now, or their records are elsewhere.")
    [group], _absorbed = ledger.survivors([sorted(links)], links)
    assert group.person is not None
    return {
        record: group.person
        for record, link in links.items()
        if link.person != group.person
    }


def _numbers(turned: _Turned, at: datetime) -> dict[Place, Number]:
    """Return every number, those records being others' than they are."""
    with _belonging(turned):
        [numbers] = shadow.numbers([agreed.now()], moment=at)
    return numbers


@contextmanager
def _belonging(turned: _Turned) -> Iterator[None]:
    """Let the block see those records as others'; nobody else does, and nothing is kept."""
    with transaction.atomic():
        if turned:
            stand_in_for([Link, OrderContext])
            rows.change(
                "belong_otherwise",
                records=list(turned),
                people=list(turned.values()),
            )
            enrichment.enrich_orders()
        yield
        transaction.set_rollback(True)


def _keep(
    restating: Restating,
    before: Mapping[Place, Number],
    after: Mapping[Place, Number],
) -> None:
    Restatement.objects.bulk_create(
        Restatement(
            restating=restating,
            storefront_id=place[0],
            metric=place[1],
            dimensions=dict(place[2]),
            before=_decimal(was[0]),
            after=_decimal(becomes[0]),
            n_before=was[1],
            n_after=becomes[1],
        )
        for place in {**before, **after}
        for was, becomes in [(before.get(place, _NOTHING), after.get(place, _NOTHING))]
        if was != becomes
    )


def _decimal(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)
