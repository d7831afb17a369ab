"""Definitions as a file: written out for other programs and people, and read in again.

A file is never read into a registry: what it says otherwise becomes one change request,
after a dry run has shown row by row what that would ask for.
"""

from governance.exchange.rows import FORMATS, LARGEST, MOST_ROWS, Row, Unfit
from governance.exchange.trial import LeftOut, Trial, Tried, Verdict, try_out
from governance.exchange.whole import form_of, propose, read, text_of, title_of, write

__all__ = [
    "FORMATS",
    "LARGEST",
    "MOST_ROWS",
    "LeftOut",
    "Row",
    "Trial",
    "Tried",
    "Unfit",
    "Verdict",
    "form_of",
    "propose",
    "read",
    "text_of",
    "title_of",
    "try_out",
    "write",
]
