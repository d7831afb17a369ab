"""The playbook: what was agreed on, written from the registries, never by hand.

A page for whoever is new, as it stands or as it stood; what changed between two days; and
a digest by which two people know that they read the same.
"""

from governance.playbook.book import Book
from governance.playbook.changed import Change, Changes, between
from governance.playbook.reading import read

__all__ = ["Book", "Change", "Changes", "between", "read"]
