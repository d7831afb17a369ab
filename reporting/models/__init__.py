"""What it means: builds, and the readings published from them."""

from reporting.models.annotations import Annotation
from reporting.models.builds import Build, Buyer, Reading, ReadingQuerySet
from reporting.models.movements import Movement
from reporting.models.notes import Note, NoteQuerySet
from reporting.models.restating import Restatement, Restating

__all__ = [
    "Annotation",
    "Build",
    "Buyer",
    "Movement",
    "Note",
    "NoteQuerySet",
    "Reading",
    "ReadingQuerySet",
    "Restatement",
    "Restating",
]
