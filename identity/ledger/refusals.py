"""Why something is not done to who is who: each a sentence for whoever asked."""

from governance import people
from governance.models import User


class LedgerError(Exception):
    """The graph is left as it is; the message says why and what to do."""


class NotAllowed(LedgerError):
    """Whoever asks may read who is who, and not change it."""


class NoReason(LedgerError):
    """What is done without a reason cannot be understood later."""


class SamePerson(LedgerError):
    """The two are one already."""


class NoSuchPerson(LedgerError):
    """Nobody of that number was ever known, or nothing is known of them any more."""


class WentUp(LedgerError):
    """The person has been absorbed since: who they are now was not looked at."""


class HeldApart(LedgerError):
    """Somebody has said that records of the two are not the same person."""


class CannotUndo(LedgerError):
    """What was done cannot be undone like this; the subclass says why."""


class NotAMerge(CannotUndo):
    """Only a merge, or the undoing of one, is undone."""


class AlreadyUndone(CannotUndo):
    """It was undone before, or it was sent twice."""


class LaterMerge(CannotUndo):
    """A merge that came later has to be undone first."""


class NothingLeft(CannotUndo):
    """The records have gone elsewhere since: there is nothing to part."""


class CameEarlier(CannotUndo):
    """A record named to go along was not one that came later."""


def said(reason: str) -> str:
    """Return what can be read of a reason.

    Raises:
        NoReason: nothing can.
    """
    # A database keeps no NUL, and a form sends it.
    readable = reason.replace("\x00", "").strip()
    if not readable:
        raise NoReason("Say why in a few words: others will want to know.")
    return readable


def require_steward(by: User) -> None:
    """Let only a steward go on. A superuser is no steward for it.

    Raises:
        NotAllowed: ``by`` is no steward, or has left.
    """
    if not (by.is_active and people.has_role(by, "steward")):
        raise NotAllowed(
            f"{by} is not a steward. Stewards say who is who; an administrator can add "
            f"{by} to the group 'steward'."
        )
