"""Why something of the queue cannot be done. Each is a sentence for whoever asked."""


class ReviewError(Exception):
    """A decision cannot be taken; the message says why and what to do."""


class AlreadyDecided(ReviewError):
    """Somebody was faster, or the decision was sent twice."""


class NotASteward(ReviewError):
    """Whoever asks may read the queue, and not decide."""


class SamePerson(ReviewError):
    """An earlier merge has joined the two already."""


class SaidDifferent(ReviewError):
    """A steward has said of others among their records that they are two people."""


class NoReason(ReviewError):
    """A decision without a reason cannot be understood later."""


class NotClaimed(ReviewError):
    """The pair is somebody else's to read now, or nobody's."""


class EvidenceChanged(ReviewError):
    """What was read is not what is known of the pair by now."""


class NotYours(ReviewError):
    """A second reader is somebody who has not answered the pair before."""


class NothingToUndo(ReviewError):
    """There is no answer that could be taken back."""


class Incomplete(ReviewError):
    """An answer lacks what it needs: until when, to whom, which value."""


class TooMany(ReviewError):
    """More pairs than may be decided at once."""


class NotOpened(ReviewError):
    """Samples of a batch have to be read before it is decided."""


class NothingAlike(ReviewError):
    """No two pairs of one evidence wait."""


class NotAlike(ReviewError):
    """Samples of one evidence were answered differently."""


class Unreadable(ReviewError):
    """A file of answers is none."""
