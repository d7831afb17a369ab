"""Why is this one person, and why are these two not. Only read: nothing is changed here."""

from identity.explaining.one import Edge, Happened, Says, Side, WhyOne, why_one
from identity.explaining.read import Step
from identity.explaining.two import Reason, Shared, WhyNot, why_not
from identity.explaining.web import Strand, Web
from identity.explaining.whole import Happening, Image, Told, happening

__all__ = [
    "Edge",
    "Happened",
    "Happening",
    "Image",
    "Reason",
    "Says",
    "Shared",
    "Side",
    "Step",
    "Strand",
    "Told",
    "Web",
    "WhyNot",
    "WhyOne",
    "happening",
    "why_not",
    "why_one",
]
