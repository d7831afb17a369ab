"""The health review: opened by itself, filled with facts, signed by who answers.

Every quarter, and after a source was added or changed its platform, somebody of each
domain reads what was measured and says in a sentence how it stands. What is to be done
gets a person and a day.
"""

from governance.reviews.opening import Occasion, next_quarter, occasions, open_due
from governance.reviews.signing import (
    AlreadySigned,
    NotNow,
    NotYours,
    Owed,
    ReviewError,
    Unclear,
    agree,
    owed,
    remind,
    sign,
    signs_for,
    tick,
)

__all__ = [
    "AlreadySigned",
    "NotNow",
    "NotYours",
    "Occasion",
    "Owed",
    "ReviewError",
    "Unclear",
    "agree",
    "next_quarter",
    "occasions",
    "open_due",
    "owed",
    "remind",
    "sign",
    "signs_for",
    "tick",
]
