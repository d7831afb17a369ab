"""What fields are called on their way."""

from measurement.entities import Entity


def column(entity: Entity, name: str) -> str:
    """Return the name under which ``mapped`` holds the field."""
    return f"{entity.name}__{name}"


def is_one(entity: Entity) -> str:
    """Return the column of ``mapped`` that says whether a row is one of the entity."""
    return f"is_{entity.name}"


def in_vain(entity: Entity, name: str) -> str:
    """Return the column of ``mapped`` that says whether a reference led nowhere."""
    return f"{entity.name}__{name}_in_vain"


def clock_of(entity: Entity, name: str) -> str:
    """Return the name of what the source's own clock showed, while rows are mapped."""
    return f"{entity.name}__{name}_clock"


def day_of(entity: Entity) -> str:
    """Return the column of ``mapped`` that holds the day of the entity's moment."""
    return f"{entity.name}__on"


def offset_of(entity: Entity) -> str:
    """Return the column of ``mapped`` that holds the offset of the entity's moment."""
    return f"{entity.name}__offset"


def database_column(entity: Entity, name: str) -> str:
    """Return the name of the field's column in the canonical table."""
    return str(entity.field(name).column)
