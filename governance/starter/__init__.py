"""What a new installation begins with, and the one request by which it enters."""

from governance.starter.beginning import Begun, NotTheOwner, begin
from governance.starter.first import First, NotAPerson, seat
from governance.starter.pack import UnsoundPack

__all__ = [
    "Begun",
    "First",
    "NotAPerson",
    "NotTheOwner",
    "UnsoundPack",
    "begin",
    "seat",
]
