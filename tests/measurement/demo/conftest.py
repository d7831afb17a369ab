"""The demo's files, written once for all tests, and ways to read them."""

import csv
import gzip
import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pyarrow.parquet as pq
import pytest

from measurement.demo import TRUTH, DemoFile, write_demo_files
from tests.measurement.demo.harbour_shop import (  # noqa: F401
    buyers,
    first_sources,
    orders,
    subtotals,
)
from tests.measurement.demo.journey_shop import (  # noqa: F401
    baskets,
    contacts,
    first_bought,
    lines,
)

ROOT = Path(__file__).parents[3]

type Row = dict[str, Any]


@dataclass(frozen=True)
class Demo:
    """The files of one folder, and their rows."""

    folder: Path
    files: tuple[DemoFile, ...]

    def file(self, system: str, stream: str) -> DemoFile:
        return next(f for f in self.files if (f.system, f.stream) == (system, stream))

    def rows(self, system: str, stream: str) -> list[Row]:
        return rows_of(self.file(system, stream).path)

    def column(self, system: str, stream: str, name: str) -> list[Any]:
        path = self.file(system, stream).path
        if path.suffix == ".parquet":
            return list(pq.ParquetFile(path).read(columns=[name])[name].to_pylist())
        return [row[name] for row in rows_of(path)]

    def people(self, system: str) -> dict[str, str]:
        """Return who each record of the system is."""
        return {
            row["record_id"]: row["person"]
            for row in rows_of(self.folder / TRUTH)
            if row["system"] == system
        }


@cache
def rows_of(path: Path) -> list[Row]:
    """Return the rows of a file, whatever it is packed in."""
    if path.suffix == ".parquet":
        return list(pq.ParquetFile(path).read().to_pylist())
    text = _text(path)
    if ".ndjson" in path.name:
        return [json.loads(line) for line in text.splitlines()]
    return list(csv.DictReader(io.StringIO(text)))


def _text(path: Path) -> str:
    if path.suffix == ".gz":
        return gzip.decompress(path.read_bytes()).decode()
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            (name,) = archive.namelist()
            return archive.read(name).decode()
    return path.read_text()


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of this test run see."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base


@pytest.fixture(scope="session")
def written_elsewhere(shared: Path) -> Iterator[Callable[[], Path]]:
    """The same files from a process that hashes text in another order.

    It starts beside the first writer; whoever needs the files waits for it.
    """
    folder = shared / "demo-elsewhere"
    code = (
        "import sys, pathlib; from measurement.demo import write_demo_files;"
        "write_demo_files(pathlib.Path(sys.argv[1]))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(folder)],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "12345"},
    )

    def finished() -> Path:
        assert process.wait(timeout=120) == 0
        return folder

    yield finished
    process.kill()
    process.wait()


@pytest.fixture(scope="session")
def demo(shared: Path, written_elsewhere: object) -> Demo:
    folder = shared / "demo"
    return Demo(folder, tuple(write_demo_files(folder)))


@pytest.fixture
def random() -> Random:
    return Random(1)
