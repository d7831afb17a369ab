"""What proposals about sources and mappings would come to: told before they are read."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Model

from governance.models import (
    Kind,
    Operation,
    SourceStream,
    SourceSystem,
    State,
    Storefront,
)
from governance.projections import field_of, stream_of
from measurement import mapping


def problems(operations: Sequence[Operation]) -> Iterator[str]:
    """Yield what is wrong with mappings as they would be, and with what they stand on."""
    owned = mapping.owned_with(operations)
    for key, changed in _by_stream(operations).items():
        stream = _stream(key, operations)
        if stream is None:
            yield f"There is no stream {key}; propose it with its mappings."
            continue
        written = _written(stream, changed)
        try:
            mapping.describe(stream, written, owned=owned)
        except mapping.MappingError as error:
            yield str(error)


def _by_stream(operations: Sequence[Operation]) -> dict[str, list[Operation]]:
    found: dict[str, list[Operation]] = defaultdict(list)
    for operation in operations:
        if operation.kind == Kind.MAPPING:
            found[field_of(operation.key)[0]].append(operation)
    return found


def _stream(key: str, operations: Sequence[Operation]) -> SourceStream | None:
    """Return the stream as it would be, kept nowhere if it is new."""
    asked = {(each.kind, each.key): each for each in operations}
    system_key, stream_key = stream_of(key)
    system = _system(system_key, asked)
    if system is None:
        return None
    stream = (
        SourceStream.objects.filter(system=system, key=stream_key).first()
        if system.pk
        else None
    )
    if new := asked.get((Kind.STREAM, key)):
        stream = _with(stream or SourceStream(key=stream_key), new.body)
    if stream is not None:
        stream.system = system
    return stream


def _system(
    key: str, asked: Mapping[tuple[str, str], Operation]
) -> SourceSystem | None:
    systems = SourceSystem.objects.select_related("storefront")
    system = systems.filter(key=key).first()
    if new := asked.get((Kind.SOURCE, key)):
        said = {**new.body}
        shop = _storefront(said.pop("storefront"), asked)
        system = _with(system or SourceSystem(key=key), said)
        if shop is None:
            return None
        system.storefront = shop
    return system


def _storefront(
    key: str, asked: Mapping[tuple[str, str], Operation]
) -> Storefront | None:
    found = Storefront.objects.filter(key=key).first()
    new = asked.get((Kind.STOREFRONT, key))
    return found if new is None else _with(found or Storefront(key=key), new.body)


def _with[Row: Model](row: Row, said: Mapping[str, Any]) -> Row:
    """Return the row saying this; it is not saved."""
    for name, value in said.items():
        setattr(row, name, value)
    return row


def _written(
    stream: SourceStream, changed: Sequence[Operation]
) -> dict[str, dict[str, Any]]:
    written: dict[str, dict[str, Any]] = defaultdict(dict)
    for row in stream.mappings.all() if stream.pk else ():
        written[row.entity][row.field] = row.rule
    for operation in changed:
        _stream_key, entity, name = field_of(operation.key)
        written[entity].pop(name, None)
        if operation.state != State.RETIRED:
            written[entity][name] = operation.body["rule"]
    return {entity: fields for entity, fields in written.items() if fields}
