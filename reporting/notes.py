"""Notes: what somebody wants readers of a day's or a month's numbers to know."""

from datetime import date, datetime

from django.db import transaction

from governance.models import Storefront, User
from governance.people import acting
from reporting.models import Note

LONGEST = 280


class NoteError(Exception):
    """The note cannot be written or taken back; the message says why and what to do."""


@transaction.atomic
def write(
    *,
    text: str,
    on: date,
    is_of_month: bool,
    storefront: Storefront | None,
    by: User,
    at: datetime,
) -> Note:
    """Keep what is to be known of a day, or of the month the day lies in.

    Raises:
        NoteError: it says nothing, or more than a note does, or ``by`` writes none.
    """
    acting(by)
    text = " ".join(text.split())
    if not by.has_perm("reporting.add_note"):
        raise NoteError("You read notes here. Ask somebody who answers for a number.")
    if not text or len(text) > LONGEST or not text.isprintable():
        raise NoteError(f"Say it in words, in {LONGEST} characters or fewer.")
    return Note.objects.create(
        text=text,
        on=on.replace(day=1) if is_of_month else on,
        is_of_month=is_of_month,
        storefront=storefront,
        by=by,
        at=at,
    )


@transaction.atomic
def take_back(*, note_id: int, by: User, at: datetime) -> Note:
    """Show the note to nobody from now on. It is kept, with who took it back.

    Raises:
        NoteError: there is no such note to read, or it is not ``by``'s to take back.
    """
    acting(by)
    note = (
        Note.objects.standing()
        .select_for_update(of=["self"])
        .filter(pk=note_id)
        .first()
    )
    if note is None:
        raise NoteError("There is no such note any more: somebody took it back before.")
    if not may_take_back(note, by):
        raise NoteError(
            "Whoever wrote a note takes it back, or somebody who lets people in."
        )
    note.taken_back_by, note.taken_back_at = by, max(at, note.at)
    note.save(update_fields=["taken_back_by", "taken_back_at"])
    return note


def may_take_back(note: Note, by: User) -> bool:
    """Return whether the note is one's own, or one lets people in and out."""
    return note.by_id == by.pk or by.has_perm("governance.change_user")
