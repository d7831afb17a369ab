"""A file of people as a table, whatever wrote it."""

import csv
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
    """Return the table in the file: Parquet, or text with a line of names above it.

    Numbers stay as they were typed: a postcode may begin with a zero.

    Raises:
        FileError: there is no such file, or it is no table in UTF-8.
    """
    try:
        if path.suffix in {".parquet", ".pq"}:
            return pyarrow.parquet.read_table(path)
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
    except pa.ArrowInvalid as error:
        raise FileError(f"{path} is no table: {error}.") from error


def _typed(path: Path) -> pa.Table:
    # Decoded here, for what is no UTF-8 is told of with the place where it stands.
    text = path.read_bytes().decode("utf-8-sig")
    if not text.strip():
        raise FileError(f"{path} is empty. Its first line names the columns.")
    names = next(csv.reader([text.partition("\n")[0]], delimiter=_delimiter(text)))
    names = [name.strip() for name in names]
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


def _delimiter(text: str) -> str:
    """Return what stands between the names most often.

    >>> _delimiter("a;b;c"), _delimiter("a"), _delimiter("a, b; c, d")
    (';', ',', ',')
    """
    head = text.partition("\n")[0][:_LOOKED_AT]
    return max(_DELIMITERS, key=head.count)
