"""The steward's queue: pairs no rule could settle, read by people, one at a time.

A pair is claimed, read and answered. What counts at once is read again now and then by
somebody who sees nothing of the first answer; what is doubtful counts when a second
reader has settled it. No rule overrides what somebody has said.
"""

from identity.queue.answering import (
    VERDICTS,
    Given,
    answer,
    answer_unclaimed,
    approve,
    in_words,
    reject,
)
from identity.queue.asking import Asked, Question, Step, ask, what_changed
from identity.queue.claiming import (
    LEASE,
    claim,
    claim_next,
    day_of,
    is_audited_by,
    is_mine,
    may_decide,
    readable,
    release,
    release_all,
)
from identity.queue.labels import Label, labels
from identity.queue.putting_off import shared_values
from identity.queue.refusals import (
    AlreadyDecided,
    EvidenceChanged,
    Incomplete,
    NoReason,
    NotAlike,
    NotASteward,
    NotClaimed,
    NothingAlike,
    NothingToUndo,
    NotOpened,
    NotYours,
    ReviewError,
    SaidDifferent,
    SamePerson,
    TooMany,
    Unreadable,
)
from identity.queue.undoing import last_answer, take_back, undo

__all__ = [
    "LEASE",
    "VERDICTS",
    "AlreadyDecided",
    "Asked",
    "EvidenceChanged",
    "Given",
    "Incomplete",
    "Label",
    "NoReason",
    "NotASteward",
    "NotAlike",
    "NotClaimed",
    "NotOpened",
    "NotYours",
    "NothingAlike",
    "NothingToUndo",
    "Question",
    "ReviewError",
    "SaidDifferent",
    "SamePerson",
    "Step",
    "TooMany",
    "Unreadable",
    "answer",
    "answer_unclaimed",
    "approve",
    "ask",
    "claim",
    "claim_next",
    "day_of",
    "in_words",
    "is_audited_by",
    "is_mine",
    "labels",
    "last_answer",
    "may_decide",
    "readable",
    "reject",
    "release",
    "release_all",
    "shared_values",
    "take_back",
    "undo",
    "what_changed",
]
