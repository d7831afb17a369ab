"""Write the demo's source files into a folder, once."""

import fcntl
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from measurement.demo import harbour, journey
from measurement.demo.truth import TRUTH, Truth
from measurement.demo.writing import write_text

MANIFEST = "manifest.json"
WHAT_IS_GENERATED: dict[str, str] = {
    "journey": journey.GENERATED,
    "harbour": harbour.GENERATED,
}

# In the order in which they must be loaded: a row only names what came before it.
_STREAMS: tuple[tuple[str, str, str], ...] = (
    ("journey_shop", "products", ""),
    ("journey_shop", "accounts", "accounts.csv"),
    ("journey_shop", "transactions", ""),
    ("journey_shop", "refunds", "refunds.csv"),
    ("journey_shop", "product_costs", "product_costs.csv"),
    ("journey_crm", "campaigns", ""),
    ("journey_crm", "contacts", "contacts.csv"),
    ("journey_crm", "demographics", ""),
    ("journey_crm", "sends", ""),
    ("journey_crm", "redemptions", ""),
    ("journey_crm", "lifecycle", "lifecycle.csv"),
    ("journey_crm", "consent", "consent.csv"),
    ("journey_web", "touches", "touches.ndjson.gz"),
    ("harbour_shop", "products", "products.csv"),
    ("harbour_shop", "product_costs", "product_costs.csv"),
    ("harbour_shop", "customers", "customers.ndjson"),
    ("harbour_shop", "orders", "orders.csv.gz"),
    ("harbour_shop", "order_lines", "order_lines.csv.gz"),
    ("harbour_shop", "refunds", "refunds.csv"),
    ("harbour_crm", "contacts", "contacts.csv.zip"),
    ("harbour_crm", "lifecycle", "lifecycle.csv"),
    ("harbour_crm", "consent", "consent.csv"),
    ("harbour_web", "touches", "touches.ndjson.gz"),
)
# Who sends them, the shops before those who know the shops' customers.
SYSTEMS = tuple(dict.fromkeys(system for system, _, _ in _STREAMS))


@dataclass(frozen=True, slots=True)
class DemoFile:
    """One file of one system, to be loaded as one stream."""

    system: str
    stream: str
    path: Path
    generated: bool


def write_demo_files(folder: Path, *, seed: int = 2017) -> list[DemoFile]:
    """Write what is missing and return every file, parents before children.

    A folder that holds the files complete, of this seed and these generators, is left
    as it is. A second writer waits for the first. Beside the files lies ``truth.csv``:
    who is behind each record.

    Raises:
        PackageMissing: the real baskets are not installed.
    """
    files = list(_files(folder))
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        if not _complete(folder, files, seed):
            _write(folder, files, seed)
    return files


def _files(folder: Path) -> Iterator[DemoFile]:
    for system, stream, name in _STREAMS:
        path = folder / system / name if name else journey.real_file(stream)
        yield DemoFile(system, stream, path, generated=bool(name))


def _write(folder: Path, files: list[DemoFile], seed: int) -> None:
    # A manifest is a promise: it goes first and comes back last.
    (folder / MANIFEST).unlink(missing_ok=True)
    truth = Truth()
    journey.write(folder, seed=seed, truth=truth)
    harbour.write(folder, seed=seed, truth=truth)
    truth.write(folder)
    manifest = {
        "seed": seed,
        "generators": _generators(),
        "sha256": {name: _sha256(folder / name) for name in _written(folder, files)},
    }
    write_text(folder / MANIFEST, json.dumps(manifest, indent=2) + "\n")


def _complete(folder: Path, files: list[DemoFile], seed: int) -> bool:
    manifest = _manifest(folder)
    if (manifest.get("seed"), manifest.get("generators")) != (seed, _generators()):
        return False
    promised = manifest.get("sha256", {})
    return sorted(promised) == sorted(_written(folder, files)) and all(
        (folder / name).exists() and _sha256(folder / name) == digest
        for name, digest in promised.items()
    )


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest = json.loads((folder / MANIFEST).read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return manifest if isinstance(manifest, dict) else {}


def _written(folder: Path, files: list[DemoFile]) -> list[str]:
    made = [str(file.path.relative_to(folder)) for file in files if file.generated]
    return [*made, TRUTH]


def _generators() -> str:
    """Return a digest of this package: changed code makes new files."""
    digest = hashlib.sha256()
    for source in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
