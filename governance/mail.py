"""Write to people: kept with the change it tells of, and sent after it has happened."""

import logging
from collections.abc import Iterable
from datetime import datetime
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.urls import reverse

from governance import later
from governance.models import Letter, User

logger = logging.getLogger(__name__)


def write(
    *, to: Iterable[User], occasion: str, subject: str, text: str, at: datetime
) -> None:
    """Write to each of them about the occasion, unless they were written to before.

    Who has no address, or has left, is not written to. The letters go out after the
    transaction, and not at all if it is rolled back.
    """
    addresses = sorted({each.email for each in to if each.email and each.is_active})
    if not addresses:
        return
    Letter.objects.bulk_create(
        (
            Letter(
                to=address, occasion=occasion, subject=subject[:200],
                text=text, written_at=at,
            )
            for address in addresses
        ),
        ignore_conflicts=True,
    )  # fmt: skip
    later.ask("governance.post")


def address(page: str, *which: object) -> str:
    """Return where a page is found from outside, for a letter to lead there."""
    return settings.SITE_ADDRESS + reverse(page, args=which)


def post(*, at: datetime) -> int:
    """Send what waits to be sent; return how many letters that were.

    Each is sent and ticked off by itself. One that is refused waits for the next post,
    and holds up no other.
    """
    sent = 0
    for letter_id in Letter.objects.waiting().values_list("pk", flat=True):
        try:
            sent += _post_one(letter_id, at)
        except (SMTPException, OSError) as refused:
            logger.warning("Letter %s was not taken: %s", letter_id, refused)
    return sent


@transaction.atomic
def _post_one(letter_id: int, at: datetime) -> bool:
    waiting = Letter.objects.waiting().select_for_update(skip_locked=True)
    letter = waiting.filter(pk=letter_id).first()
    if letter is None:
        return False
    # A line break in a subject would begin another header.
    subject = " ".join(letter.subject.split())
    send_mail(subject, letter.text, None, [letter.to], using="default")
    letter.sent_at = at
    letter.save(update_fields=["sent_at"])
    return True
