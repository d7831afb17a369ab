"""Definitions as a table: one row each, one column for each part. Pure."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from governance import spelling
from governance.exchange.rows import HEAD, MOST_ROWS, Problem, Row, Unfit
from governance.kinds import KINDS
from governance.models import Version

# Without it a spreadsheet takes the file for one of its own country's.
_BOM = "\ufeff"
# Said here: whoever loads files in this process may let the reader take longer ones.
_LONGEST_CELL = 131_072
_DELIMITERS = (",", ";", "\t")
# A spreadsheet would work out what begins so, and send it anywhere.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")


def write(versions: Sequence[Version]) -> str:
    """Return the table of versions: the parts of their kinds, each kind's where it has them."""
    kinds = {version.kind for version in versions}
    names = dict.fromkeys(
        part.name for kind, parts in KINDS.items() if kind in kinds for part in parts
    )
    written = io.StringIO()
    written.write(_BOM)
    table = csv.writer(written)
    table.writerow([*HEAD, *map(_column, names)])
    for version in versions:
        table.writerow(map(harmless, _cells(version, names)))
    return written.getvalue()


def read(text: str) -> list[Row]:
    """Return what each row of a table says.

    Raises:
        Unfit: it is no table of definitions.
    """
    lines = _lines(text)
    _line, first = next(lines, (1, []))
    columns = _columns(first)
    rows: list[Row] = []
    for line, cells in lines:
        if not any(cells):
            continue
        if len(rows) == MOST_ROWS:
            raise Unfit(f"It has more than {MOST_ROWS:,} rows. Import it in parts.")
        rows.append(_row(line, columns, cells))
    return rows


def harmless(cell: str) -> str:
    """Return a cell no spreadsheet takes for a formula.

    >>> harmless("=1+1"), harmless("'=1"), harmless("it's"), as_meant("'=1+1")
    ("'=1+1", "''=1", "it's", '=1+1')
    """
    return f"'{cell}" if _FORMULA.match(cell) else cell


def as_meant(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def _column(name: str) -> str:
    # A source has a kind, and is of a kind.
    return f"says.{name}" if name in HEAD else name


def _cells(version: Version, names: Iterable[str]) -> Iterator[str]:
    yield from (version.kind, version.key, str(version.number), version.domain_id)
    yield from (version.state, version.successor)
    parts = {part.name: part for part in KINDS[version.kind]}
    for name in names:
        if name in parts and name in version.body:
            yield spelling.spelled(parts[name], version.body[name])
        else:
            yield ""


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each row and the line it begins in; a cell may go on over several."""
    table = csv.reader(
        io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True
    )
    line = 1
    try:
        for cells in table:
            if any(len(cell) > _LONGEST_CELL for cell in cells):
                raise csv.Error(f"field larger than field limit ({_LONGEST_CELL})")
            yield line, cells
            line = table.line_num + 1
    except csv.Error as error:
        raise Unfit(
            f"From line {line} on this is no table: {error}. A cell that holds a quotation "
            f"mark or several lines stands in quotation marks, and holds at most "
            f"{_LONGEST_CELL:,} characters."
        ) from error


def _delimiter(text: str) -> str:
    head = re.split(r"[\r\n]", text, maxsplit=1)[0]
    return max(_DELIMITERS, key=lambda each: sum(n in HEAD for n in head.split(each)))


def _columns(first: Sequence[str]) -> list[str]:
    names = [name.strip() for name in first]
    if not {"kind", "key"} <= set(names):
        raise Unfit(
            "Line 1 names no columns “kind” and “key”. Begin with an export, and leave its "
            "first line as it is."
        )
    parts = {_column(part.name) for each in KINDS.values() for part in each}
    for place, name in enumerate(names):
        if name in names[:place] and name:
            raise Unfit(
                f"Line 1 names the column “{name}” twice, as number "
                f"{names.index(name) + 1} and {place + 1}. Leave one of them out."
            )
        if name and name not in {*HEAD, *parts}:
            raise Unfit(
                f"Line 1, column {place + 1}: no kind has a part “{name[:60]}”. Leave the "
                f"column out, or name it as an export does."
            )
    return names


def _row(line: int, columns: Sequence[str], cells: Sequence[str]) -> Row:
    said = dict(zip(columns, map(as_meant, cells), strict=False))
    nameless = [said.pop("", ""), *cells[len(columns) :]]
    # The place of a part is asked for more often than that of what has its name.
    named = sorted(said, key=lambda name: name not in HEAD)
    bare = Row(
        line=line,
        kind=said.get("kind", "").strip(),
        key=said.get("key", ""),
        domain=said.get("domain") or None,
        state=said.get("state") or None,
        successor=said.get("successor"),
        places={_part(name): (line, name) for name in named},
    )
    problems = (
        [bare.problem("It has a cell without a column.")] if any(nameless) else []
    )
    version = said.get("version", "").strip()
    if version and not re.fullmatch("[0-9]{1,9}", version):
        words = f"version is '{version[:40]}'; expected is the number of one."
        problems.append(bare.problem(words, name="version"))
        version = ""
    body, unread = _body(bare, said)
    return replace(
        bare,
        version=int(version) if version else None,
        body=body,
        problems=(*problems, *unread),
    )


def _body(row: Row, said: Mapping[str, str]) -> tuple[dict[str, Any], list[Problem]]:
    """Return what the cells say of the parts the kind has, and what they cannot say."""
    parts = {part.name: part for part in KINDS.get(row.kind, ())}
    cells = {_part(name): cell for name, cell in said.items() if name not in HEAD}
    body: dict[str, Any] = {}
    problems = []
    for name, cell in cells.items():
        # The column is of another kind's part; a cell with words in it is a mistake.
        if name not in parts and (not cell or not parts):
            continue
        try:
            body[name] = spelling.read(parts[name], cell) if name in parts else cell
        except spelling.Unreadable as error:
            problems.append(row.problem(f"{name}: {error}", name=name))
    return body, problems


def _part(column: str) -> str:
    return column.removeprefix("says.")
