"""Several files of people as one table, whatever each of them calls its columns."""

from collections.abc import Collection, Sequence
from pathlib import Path

import pyarrow as pa

from identity.matching.fields import Kind, recognise
from identity.matching.reading import read
from identity.matching.texts import as_texts

_NAMES = {Kind.FIRST, Kind.LAST}


def read_all(paths: Sequence[Path], *, but: Collection[str] = ()) -> pa.Table:
    """Return one table; of several files each is a source.

    ``but`` are columns that keep their names, for somebody asks for them.

    Raises:
        FileError: one of them is not there, or is no table.
        RecordsError: two columns of one have one name.
    """
    tables = [read(path) for path in paths]
    if len(tables) == 1:
        return tables[0]
    stems = [path.stem for path in paths]
    known = stems if len(set(stems)) == len(stems) else [str(path) for path in paths]
    called = [_called(table, but) for table in tables]
    in_parts = any(set(columns) >= _NAMES for columns in called)
    named = [
        _named(table, columns, source, in_parts=in_parts)
        for table, columns, source in zip(tables, called, known, strict=True)
    ]
    return _one_above_the_other(named)


def _called(table: pa.Table, but: Collection[str]) -> dict[str, str]:
    """Return by what is to be called so the column that says it."""
    fields = recognise(table, but=but)
    # A file numbers its own rows; beside another's these numbers say nothing.
    found = {
        field.name: field.column for field in fields if field.kind is not Kind.RECORD
    }
    return found | {name: name for name in but if name in table.column_names}


def _named(
    table: pa.Table, called: dict[str, str], source: str, *, in_parts: bool
) -> dict[str, pa.Array]:
    columns = {name: table[column] for name, column in called.items()}
    columns.setdefault("source", pa.chunked_array([pa.repeat(source, table.num_rows)]))
    whole = columns.pop(Kind.FULL, None) if in_parts else None
    if whole is not None:
        texts = as_texts(whole).cast(pa.string()).to_pylist()
        parts = [_apart(text) for text in texts]
        columns["first"] = pa.chunked_array([pa.array([one for one, _ in parts])])
        columns["last"] = pa.chunked_array([pa.array([one for _, one in parts])])
    return columns


def _apart(text: str | None) -> tuple[str | None, str | None]:
    """Return the first and the last name in a whole one.

    >>> _apart("Byron, Ada"), _apart("Ada King Byron")
    (('Ada', 'Byron'), ('Ada King', 'Byron'))
    """
    if text is None:
        return None, None
    last, comma, first = text.partition(",")
    if not comma:
        first, _, last = text.rpartition(" ")
    return first.strip(), last.strip()


def _one_above_the_other(named: list[dict[str, pa.Array]]) -> pa.Table:
    names = list(dict.fromkeys(name for columns in named for name in columns))
    lists = {
        name
        for columns in named
        for name, column in columns.items()
        if pa.types.is_nested(column.type)
    }
    tables = []
    for columns in named:
        count = len(columns["source"])
        tables.append(
            pa.table(
                {
                    name: _as_said(columns[name], in_lists=name in lists)
                    if name in columns
                    else pa.nulls(count)
                    for name in names
                }
            )
        )
    return pa.concat_tables(tables, promote_options="permissive")


def _as_said(column: pa.ChunkedArray, *, in_lists: bool) -> pa.Array:
    if not in_lists:
        return as_texts(column).cast(pa.string())
    if pa.types.is_nested(column.type):
        return column.combine_chunks()
    texts = as_texts(column).cast(pa.string()).to_pylist()
    return pa.array([None if one is None else [one] for one in texts])
