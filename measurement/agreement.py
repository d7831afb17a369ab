"""What proposals about sources and mappings would come to: told before they are read."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from governance.models import Kind, Operation, SourceStream, SourceSystem, State
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
    system = (
        SourceSystem.objects.select_related("storefront").filter(key=system_key).first()
    )
    if system is None:
        return None
    stream = SourceStream.objects.filter(system=system, key=stream_key).first()
    new = asked.get((Kind.STREAM, key))
    if new is not None:
        stream = stream or SourceStream(key=stream_key)
        for name, value in new.body.items():
            setattr(stream, name, value)
    if stream is not None:
        stream.system = system
    return stream


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
