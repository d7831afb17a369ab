"""A file of people as a table, whatever wrote it."""

import codecs
import csv
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

_NOTHING = ["", "NA", "N/A", "n/a", "NULL", "null", "NaN", "nan", "None", "\\N"]
_DELIMITERS = ",;\t|"
_LOOKED_AT = 64_000


class FileError(Exception):
    """The file cannot be read as a table of people."""


def read(path: Path) -> pa.Table:
    """Return the table in the file: Parquet, JSON, or text with a line of names above it.

    Numbers stay as they were typed: a postcode may begin with a zero.

    Raises:
        FileError: there is no such file, or it is no table in UTF-8.
    """
    try:
        if path.suffix.lower() in {".parquet", ".pq"}:
            return pyarrow.parquet.read_table(path)
        if path.suffix.lower() in {".json", ".jsonl", ".ndjson"}:
            return _of_objects(path)
        return _typed(path)
    except FileNotFoundError as error:
        raise FileError(f"There is no file {path}. Name one that is there.") from error
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise FileError(
            f"{path} is not text in UTF-8: byte {error.start + 1:,} is none. "
            f"Save it as UTF-8."
        ) from error
    except (pa.ArrowInvalid, json.JSONDecodeError) as error:
        raise FileError(f"{path} is no table: {error}.") from error


def _typed(path: Path) -> pa.Table:
    text = _text(path)
    names = next(csv.reader([text.partition("\n")[0]], delimiter=_delimiter(text)))
    names = [name.strip() or f"column {at}" for at, name in enumerate(names, 1)]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise FileError(
            f"{path} has two columns named {twice[0]}. Give each a name of its own."
        )
    return pyarrow.csv.read_csv(
        pa.BufferReader(text.encode()),
        read_options=pyarrow.csv.ReadOptions(column_names=names, skip_rows=1),
        parse_options=pyarrow.csv.ParseOptions(
            delimiter=_delimiter(text), newlines_in_values=True
        ),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types={name: pa.string() for name in names},
            strings_can_be_null=True,
            null_values=_NOTHING,
        ),
    )


def _text(path: Path) -> str:
    # Decoded here, for what is no UTF-8 is told of with the place where it stands.
    written = path.read_bytes()
    is_wide = written.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = written.decode("utf-16" if is_wide else "utf-8-sig")
    if not text.strip():
        raise FileError(f"{path} is empty. Its first line names the columns.")
    return text


def _of_objects(path: Path) -> pa.Table:
    """Return a table of objects: a list of them, or one on each line."""
    text = _text(path).strip()
    if text.startswith("["):
        rows = json.loads(text)
    else:
        rows = [json.loads(line) for line in text.splitlines() if line.strip()]
    if not all(isinstance(row, dict) for row in rows):
        raise FileError(
            f"{path} is no table: each record is an object with its columns."
        )
    names = list(dict.fromkeys(name for row in rows for name in row))
    return pa.table({name: _said([row.get(name) for row in rows]) for name in names})


def _said(values: list[object]) -> pa.Array:
    if any(isinstance(value, list) for value in values):
        lists = [value if isinstance(value, list) else [value] for value in values]
        return pa.array([[_one(each) for each in one] for one in lists])
    return pa.array([_one(value) for value in values], pa.string())


def _one(value: object) -> str | None:
    if isinstance(value, dict):
        return json.dumps(value)
    return None if value is None or value in _NOTHING else str(value)


def _delimiter(text: str) -> str:
    """Return what stands between the names most often.

    >>> _delimiter("a;b;c"), _delimiter("a"), _delimiter("a, b; c, d")
    (';', ',', ',')
    """
    head = text.partition("\n")[0][:_LOOKED_AT]
    return max(_DELIMITERS, key=head.count)
