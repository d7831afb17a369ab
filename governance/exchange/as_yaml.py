"""Definitions as YAML: a list of them, each with what it says. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import yaml

from governance.exchange.rows import HEAD, MOST_ROWS, Problem, Row, Unfit
from governance.kinds import KINDS
from governance.models import Version

_SAYS = "says"
_DEEPEST = 30
_WORDS = ("kind", "key", "domain", "state", "successor")
_ABOUT = (
    "# Definitions as they were agreed on. Change what they say and import the file: what\n"
    "# differs becomes one change request. What is left out of it stays as it is.\n"
)
_STR = "tag:yaml.org,2002:str"
_NULL = "tag:yaml.org,2002:null"
# Would make something else of what people write: a day, or another entry's parts.
_UNREAD = {f"tag:yaml.org,2002:{name}" for name in ("timestamp", "merge", "value")}

# Written in C they are ten times as fast; both are the safe ones.
_Reader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_Writer: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class _Plain(_Reader):  # type: ignore[misc]
    """Reads texts, numbers, yes, no and nothing; a day stays the text it was written as."""

    yaml_implicit_resolvers = {
        first: [each for each in those if each[0] not in _UNREAD]
        for first, those in _Reader.yaml_implicit_resolvers.items()
    }


class _Whole(_Writer):  # type: ignore[misc]
    """Writes everything out where it stands, however often."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def write(versions: Sequence[Version]) -> str:
    """Return the versions as a list."""
    listed = [
        {
            "kind": version.kind,
            "key": version.key,
            "version": version.number,
            "domain": version.domain_id,
            "state": version.state,
            "successor": version.successor,
            _SAYS: _in_order(version),
        }
        for version in versions
    ]
    written: str = yaml.dump(
        listed, Dumper=_Whole, sort_keys=False, allow_unicode=True, width=88
    )
    return _ABOUT + written


def read(text: str) -> list[Row]:
    """Return what each entry of a list says.

    Raises:
        Unfit: it is no list of definitions, or more than a list of values.
    """
    try:
        _refuse_clever(yaml.parse(text, Loader=_Plain))
        reader = _Plain(text)
        listed = reader.get_single_node()
    except yaml.MarkedYAMLError as error:
        raise Unfit(
            f"{_at(error.problem_mark)}: this is no YAML: {error.problem}."
        ) from error
    except yaml.YAMLError as error:
        raise Unfit(f"This is no YAML: {error}.") from error
    if not isinstance(listed, yaml.SequenceNode):
        raise Unfit(
            "This is no list of definitions. Begin with an export: each entry begins with "
            "“- kind:”."
        )
    if len(listed.value) > MOST_ROWS:
        raise Unfit(f"It has more than {MOST_ROWS:,} entries. Import it in parts.")
    return [_row(reader, node) for node in listed.value]


def _in_order(version: Version) -> dict[str, Any]:
    """Return what a version says in the order of its kind, whatever the database's is."""
    known = [part.name for part in KINDS[version.kind] if part.name in version.body]
    rest = sorted(set(version.body) - set(known))
    return {name: version.body[name] for name in [*known, *rest]}


def _refuse_clever(events: Iterable[Any]) -> None:
    """Refuse what stands for something else, which a small file could make huge."""
    depth = documents = 0
    for event in events:
        if isinstance(event, yaml.AliasEvent):
            raise Unfit(
                f"{_at(event.start_mark)}: “*{event.anchor}” stands for what is said "
                f"elsewhere. Write it out."
            )
        if getattr(event, "tag", None) is not None:
            raise Unfit(
                f"{_at(event.start_mark)}: “{event.tag}” names a type. Write the value "
                f"alone."
            )
        documents += isinstance(event, yaml.DocumentStartEvent)
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise Unfit(f"{_at(event.start_mark)}: it is nested too deep.")
        if documents > 1:
            raise Unfit(
                f"{_at(event.start_mark)}: a second document begins. Write one."
            )


def _at(mark: Any) -> str:
    return f"Line {mark.line + 1}, column {mark.column + 1}" if mark else "At its end"


def _place(node: Any) -> tuple[int, str]:
    return node.start_mark.line + 1, str(node.start_mark.column + 1)


def _row(reader: Any, node: Any) -> Row:
    line, _column = _place(node)
    row = Row(line)
    if not isinstance(node, yaml.MappingNode):
        words = "This is no definition. Write kind, key and what it says."
        return replace(row, problems=(row.problem(words),))
    entries, problems = _entries(row, node)
    head = {name: _text(entries[name]) for name in _WORDS if name in entries}
    says = entries.get(_SAYS)
    if says is None or isinstance(says, yaml.MappingNode):
        parts, unread = _entries(row, says) if says else ({}, [])
    else:
        parts, unread = {}, [Problem(f"{_SAYS} is no list of parts.", *_place(says))]
    row = Row(
        line=line,
        kind=head.get("kind") or "",
        key=head.get("key") or "",
        domain=head.get("domain"),
        state=head.get("state"),
        successor=head.get("successor"),
        places={name: _place(each) for name, each in {**entries, **parts}.items()},
    )
    body, unkept = _body(reader, row, parts)
    problems += [*unread, *unkept, *_unknown(row, entries)]
    version, wrong = _version(reader, row, entries.get("version"))
    return replace(row, version=version, body=body, problems=(*problems, *wrong))


def _entries(row: Row, node: Any) -> tuple[dict[str, Any], list[Problem]]:
    """Return the values of a table by their names, and the names that are wrong."""
    found: dict[str, Any] = {}
    problems = []
    for name, value in node.value:
        if not isinstance(name, yaml.ScalarNode):
            problems.append(Problem("Its name is no text.", *_place(name)))
        elif name.value in found:
            problems.append(Problem(f"{name.value[:60]} is said twice.", *_place(name)))
        else:
            found[name.value] = value
    return found, problems


def _unknown(row: Row, entries: Iterable[str]) -> Iterator[Problem]:
    for name in entries:
        if name not in {*HEAD, _SAYS}:
            yield row.problem(
                f"It has “{name[:60]}” beside {_SAYS}; there are {', '.join(HEAD)}.",
                name=name,
            )


def _version(reader: Any, row: Row, node: Any) -> tuple[int | None, list[Problem]]:
    said = None if node is None else _value(reader, node)
    if said is None or (type(said) is int and 0 <= said < 10**9):
        return said, []
    words = "version is no number of one."
    return None, [row.problem(words, name="version")]


def _body(
    reader: Any, row: Row, parts: dict[str, Any]
) -> tuple[dict[str, Any], list[Problem]]:
    known = {part.name: part for part in KINDS.get(row.kind, ())}
    body: dict[str, Any] = {}
    problems = []
    for name, node in parts.items():
        part = known.get(name)
        text = _text(node) if part and part.type in {"text", "rule"} else None
        try:
            body[name] = _value(reader, node) if text is None else text
        except Unfit as error:
            problems.append(Problem(f"{name}: {error}", *_place(node)))
        if body.get(name) is None and part and not part.is_needed:
            body[name] = part.default
    return body, problems


def _text(node: Any) -> str | None:
    """Return what stands there as it was written; nothing where nothing does.

    Where a text is expected, 42 and no are texts without being put in quotes.
    """
    if not isinstance(node, yaml.ScalarNode) or node.tag == _NULL:
        return None
    return str(node.value)


def _value(reader: Any, node: Any) -> Any:
    match node:
        case yaml.ScalarNode():
            try:
                return reader.construct_object(node)
            except ValueError as error:
                raise Unfit(f"“{node.value[:40]}” is a number too long.") from error
        case yaml.SequenceNode():
            return [_value(reader, each) for each in node.value]
    entries: dict[str, Any] = {}
    for name, value in node.value:
        if not isinstance(name, yaml.ScalarNode) or name.tag != _STR:
            raise Unfit("a name in its table is no text. Put it in quotes.")
        if name.value in entries:
            raise Unfit(f"its table says “{name.value[:60]}” twice.")
        entries[name.value] = _value(reader, value)
    return entries
