"""Propose, revise, review, apply: the only way a registry changes.

Each verb is one transaction and asks the database, which holds the same rules for
everybody: who may say yes, what may follow what, and that what takes effect is word for
word what was approved.
"""

from governance.changes.applying import apply, override
from governance.changes.deciding import (
    approve,
    comment,
    reject,
    request_changes,
    why_not,
)
from governance.changes.due import Due, apply_due, give_up_expired, remind
from governance.changes.freezing import freeze, lift
from governance.changes.proposing import (
    Proposed,
    propose,
    recall,
    revert,
    revise,
    submit,
    withdraw,
)
from governance.changes.telling import deciders, measured
from governance.changes.way import (
    ChangeError,
    Conflicted,
    Frozen,
    NothingAsked,
    NotMeasured,
    NotNow,
    NotYours,
    Stale,
    Unsound,
    current_revision,
    domains_touched,
    is_about_people,
    may_override,
    missing,
    risk_of,
    unapproved,
)

__all__ = [
    "ChangeError",
    "Conflicted",
    "Due",
    "Frozen",
    "NotMeasured",
    "NotNow",
    "NotYours",
    "NothingAsked",
    "Proposed",
    "Stale",
    "Unsound",
    "apply",
    "apply_due",
    "approve",
    "comment",
    "current_revision",
    "deciders",
    "domains_touched",
    "freeze",
    "give_up_expired",
    "is_about_people",
    "lift",
    "may_override",
    "measured",
    "missing",
    "override",
    "propose",
    "recall",
    "reject",
    "remind",
    "request_changes",
    "revert",
    "revise",
    "risk_of",
    "submit",
    "unapproved",
    "why_not",
    "withdraw",
]
