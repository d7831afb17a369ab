"""Find work that was lost on the way, and stop work that takes its worker with it."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from measurement import broker, queue
from measurement import night as nights
from measurement.models import Night


@transaction.atomic
def revive(*, at: datetime) -> list[int]:
    """Ask again for the page of every night nobody is at; return the nights.

    A night is left alone while somebody holds its row (a page is being done) or its
    lease (a page was asked for a moment ago). With our own queue no message is lost; this
    mends what another broker loses, or a terminal that was closed.
    """
    revived = []
    running = Night.objects.filter(state=Night.State.RUNNING)
    for night in running.select_for_update(skip_locked=True):
        step = nights.current_step(night)
        if step is None or (step.lease_until is not None and step.lease_until > at):
            continue
        step.lease_until = nights.lease_from(at)
        step.save(update_fields=["lease_until"])
        nights.ask_for_page(night)
        revived.append(night.pk)
    return revived


@transaction.atomic
def put_aside(*, message_id: int, arguments: dict[str, Any]) -> None:
    """Take a message that was read too often off the queue, and end the night it is of.

    It stays in the queue's archive, to be looked at.
    """
    queue.put_aside(message_id)
    night_id = arguments.get("night_id")
    # A message may outlive what it is of, where a database was brought back from a copy.
    if night_id is not None and Night.objects.filter(pk=night_id).exists():
        nights.fail(
            night_id=night_id,
            sentence=(
                f"A page was handed to workers {broker.DELIVERIES} times and none of "
                f"them came back. Its message is number {message_id} in the archive of "
                f"the queue. Look for what ended the workers and start a new night."
            ),
            at=timezone.now(),
        )
