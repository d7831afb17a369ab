"""A Parquet file as CSV, a batch at a time, every value as exact text."""

from pathlib import Path
from typing import IO, Any

from measurement.sources.unreadable import Unreadable

_ROWS = 65_536


def write_csv(path: Path, name: str, out: IO[bytes]) -> None:
    """Write the table to ``out``.

    Raises:
        Unreadable: the file is not sound, or a column holds more than plain values.
    """
    import pyarrow as arrow
    import pyarrow.csv
    import pyarrow.parquet

    try:
        # Without pre_buffer: a row group may be as large as the file.
        file = pyarrow.parquet.ParquetFile(path, pre_buffer=False)
        has_moments = _has_moments(file.schema_arrow)
    except (arrow.ArrowException, UnicodeDecodeError) as error:
        raise Unreadable(f"{name} is no sound Parquet file: {error}.") from error
    # Moments as short as nothing is lost: shorter texts are quicker to read back.
    units = ["s", "ms", "us", "ns"] if has_moments else ["ns"]
    for unit in units:
        out.seek(0)
        out.truncate()
        try:
            schema = _plain(file.schema_arrow, unit)
            with pyarrow.csv.CSVWriter(out, _written(schema)) as writer:
                for batch in file.iter_batches(_ROWS):
                    writer.write_batch(_filled(batch.cast(schema)))
            return
        except (arrow.ArrowException, UnicodeDecodeError) as error:
            if unit == units[-1]:
                raise Unreadable(
                    f"{name} has a column that is no plain value: {error}. Flatten it "
                    f"first."
                ) from error


def _written(schema: Any) -> Any:
    """Return the schema of what is written: of one column, texts."""
    import pyarrow as arrow

    if len(schema) > 1:
        return schema
    return arrow.schema([(name, arrow.string()) for name in schema.names])


def _filled(batch: Any) -> Any:
    """Return the batch without a row that would be written as a blank line.

    In the only column nothing is an empty text, which is written in quotes: a blank line
    is no row to whoever reads it.
    """
    import pyarrow as arrow

    if batch.num_columns != 1:
        return batch
    texts = batch.column(0).cast(arrow.string()).fill_null("")
    return arrow.record_batch([texts], names=batch.schema.names)


def _has_moments(schema: Any) -> bool:
    import pyarrow as arrow

    return any(arrow.types.is_timestamp(field.type) for field in schema)


def _plain(schema: Any, unit: str) -> Any:
    """Return the schema as CSV can hold it: moments of that unit, texts of one kind."""
    import pyarrow as arrow

    def kind(of: Any) -> Any:
        if arrow.types.is_timestamp(of):
            return arrow.timestamp(unit, of.tz)
        return arrow.string() if arrow.types.is_string_view(of) else of

    return arrow.schema([(field.name, kind(field.type)) for field in schema])
