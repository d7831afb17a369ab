"""Load a file through a mapping, here and now."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from governance.models import SourceStream, SourceSystem
from measurement import rates, registry, saving, sync
from measurement.mapping import MappingError
from measurement.models import SyncRun
from measurement.sources import kept
from measurement.sources.unpacking import extracted
from measurement.sources.unreadable import Unreadable
from measurement.workbench import observing


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
            rates.load()
            stream = self._stream(options)
            file: Path = options["file"]
            for path in extracted(file) if options["one_by_one"] else [file]:
                self._load(stream, path)
            observing.observe(at=timezone.now())
        except (
            registry.RegistryError,
            rates.NoRates,
            MappingError,
            Unreadable,
            saving.NotSaved,
            sync.SyncError,
        ) as error:
            raise CommandError(str(error)) from error

    def _stream(self, options: dict[str, Any]) -> SourceStream:
        if options["mapping"] and options["system"]:
            raise CommandError(
                "--mapping names the system already: leave --system out, or --mapping "
                "where the system is registered."
            )
        if options["mapping"]:
            system = registry.register(options["mapping"]).system
        else:
            system = self._system(options["system"])
        streams = {
            stream.key: stream for stream in system.streams.order_by("position", "key")
        }
        if not streams:
            raise CommandError(
                f"{system} has no stream yet. Register one: --mapping MAPPING.toml."
            )
        wanted = options["stream"] or (next(iter(streams)) if len(streams) == 1 else "")
        if wanted not in streams:
            raise CommandError(
                f"{system} has the streams {', '.join(streams)}; say which one the file "
                f"is: --stream NAME."
            )
        return streams[wanted]

    def _system(self, key: str | None) -> SourceSystem:
        if key is None:
            raise CommandError(
                "Say what the file means: --mapping MAPPING.toml, or --system and "
                "--stream of a system that is registered."
            )
        found = SourceSystem.objects.filter(key=key).first()
        if found is None:
            known = ", ".join(SourceSystem.objects.values_list("key", flat=True))
            raise CommandError(
                f"There is no system {key}. Registered are: {known or 'none yet'}. "
                f"Register one: --mapping MAPPING.toml."
            )
        return found

    def _load(self, stream: SourceStream, path: Path) -> None:
        began = timezone.now()
        for run in sync.load(stream=stream, path=path, at=began):
            if run.state == SyncRun.State.RUNNING:
                self.stdout.write(f"  {run.rows_in:,} rows so far")
        is_old = run.ended_at is not None and run.ended_at < began
        self.stdout.write(
            f"{path.name}{' was loaded already' if is_old else ''}: {run.rows_in:,} rows "
            f"read = {run.written:,} written + {run.unchanged:,} unchanged + "
            f"{run.rejected:,} rejected (run {run.pk})"
        )
        for note in run.notes:
            self.stdout.write(f"  {note}")
        for reject in run.rejects.all()[:5]:
            place = kept.place_of(run.file, reject.line)
            about = f", {reject.field}" if reject.field else ""
            self.stdout.write(f"  {place}{about}: {reject.reason}")
