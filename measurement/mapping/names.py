"""What fields are called on their way."""

from measurement.entities import Entity


def column(entity: Entity, name: str) -> str:
    """Return the name under which ``mapped`` holds the field."""
    return f"{entity.name}__{name}"


def database_column(entity: Entity, name: str) -> str:
    """Return the name of the field's column in the canonical table."""
    return str(entity.field(name).column)
