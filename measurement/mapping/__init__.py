"""The approved mapping of a stream, compiled to the statements that write its rows.

``described`` reads the mapping from the registry and refuses what cannot be; ``values``
turns a rule into SQL that makes and checks one value; ``writing`` turns an entity into
the statements that write it. The writer of a source has no column the mapping lacks.
"""

from measurement.mapping.described import (
    EntityMapping,
    MappingError,
    StreamMapping,
    describe,
    of_stream,
)
from measurement.mapping.merging import TURN
from measurement.mapping.ownership import proposed as owned_with
from measurement.mapping.parts import Lookup
from measurement.mapping.writing import Compiled, Grain, Writer, compile_mapping

__all__ = [
    "TURN",
    "Compiled",
    "EntityMapping",
    "Grain",
    "Lookup",
    "MappingError",
    "StreamMapping",
    "Writer",
    "compile_mapping",
    "describe",
    "of_stream",
    "owned_with",
]
