"""Load a file through a mapping, here and now."""

import tempfile
import zipfile
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from governance.models import SourceStream, SourceSystem
from measurement import rates, registry, sync
from measurement.mapping import MappingError
from measurement.models import SyncRun
from measurement.sources.unreadable import Unreadable


class Command(BaseCommand):
    """``manage.py load FILE --mapping MAPPING.toml``"""

    help = (
        "Load a CSV, NDJSON or Parquet file, plain, gzipped or zipped. The mapping file "
        "says what its columns mean; it is registered first."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--mapping", type=Path, help="the mapping file (TOML)")
        parser.add_argument(
            "--system", help="a registered system, instead of a mapping"
        )
        parser.add_argument("--stream", help="which of its streams the file is")
        parser.add_argument(
            "--one-by-one",
            action="store_true",
            help="load each file of a zip as a file of its own, in the order of names",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with transaction.atomic():
                rates.load()
            stream = self._stream(options)
            for path in _files(options["file"], one_by_one=options["one_by_one"]):
                self._load(stream, path)
        except (
            registry.RegistryError,
            rates.NoRates,
            MappingError,
            Unreadable,
            sync.SyncError,
        ) as error:
            raise CommandError(str(error)) from error

    def _stream(self, options: dict[str, Any]) -> SourceStream:
        if options["mapping"]:
            system = registry.register(options["mapping"]).system
        else:
            found = SourceSystem.objects.filter(key=options["system"] or "").first()
            if found is None:
                raise CommandError(
                    "Say what the file means: --mapping MAPPING.toml, or --system and "
                    "--stream of a system that is registered."
                )
            system = found
        streams = {stream.key: stream for stream in system.streams.all()}
        wanted = options["stream"] or (next(iter(streams)) if len(streams) == 1 else "")
        if wanted not in streams:
            raise CommandError(
                f"{system} has the streams {', '.join(streams)}; say which one the file "
                f"is: --stream NAME."
            )
        return streams[wanted]

    def _load(self, stream: SourceStream, path: Path) -> None:
        for run in sync.load(stream=stream, path=path, at=timezone.now()):
            if run.state == SyncRun.State.RUNNING:
                self.stdout.write(f"  {run.rows_in:,} rows so far")
        self.stdout.write(
            f"{path.name}: {run.rows_in:,} rows read = {run.written:,} written + "
            f"{run.unchanged:,} unchanged + {run.rejected:,} rejected (run {run.pk})"
        )
        for note in run.notes:
            self.stdout.write(f"  {note}")
        for reject in run.rejects.all()[:5]:
            self.stdout.write(f"  line {reject.line}, {reject.field}: {reject.reason}")


def _files(path: Path, *, one_by_one: bool) -> Iterator[Path]:
    if not one_by_one:
        yield path
        return
    try:
        archive = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as error:
        raise Unreadable(f"{path} is no zip that can be opened: {error}.") from error
    with archive, tempfile.TemporaryDirectory() as folder:
        for name in sorted(archive.namelist()):
            if not name.endswith("/"):
                extracted = Path(archive.extract(name, folder))
                yield extracted
                extracted.unlink()
