"""Files dropped into the inbox, found by the night: ``<system>/<stream>/<file>``.

Shops come before CRMs and web trackers, whose rows point to theirs; within a system the
streams come in the order of its mapping file, the files of a stream by name.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from governance.models import SourceStream, SourceSystem
from measurement import sync
from measurement.models import NightStep, SyncRun
from measurement.sources import kept
from measurement.sync import Page

_LONGEST_LABEL = NightStep._meta.get_field("label").max_length
_KINDS = [kind.value for kind in SourceSystem.Kind]


class UnknownPlace(Exception):
    """A file lies where no stream takes it from."""


@dataclass(frozen=True)
class NewFile:
    """A file no run has loaded through today's mapping of its stream."""

    stream_id: int
    label: str
    path: Path


def new_files(folder: Path) -> list[NewFile]:
    """Return what is to be loaded, in the order in which to load it.

    Raises:
        UnknownPlace: a file lies in a folder that is no registered stream's.
        Unreadable: a file may not be read.
    """
    mapped = streams()
    _refuse_strays(folder, mapped)
    return [
        NewFile(stream.pk, f"{stream}: {path.name}", path)
        for stream in mapped
        for path in files(folder, stream)
        if not sync.is_loaded(stream=stream, sha256=kept.digest_of(path))
    ]


def plan(*, step: NightStep, files: list[NewFile]) -> None:
    """Give the night a step per file, behind the step that found them."""
    NightStep.objects.bulk_create(
        NightStep(
            night_id=step.night_id,
            position=step.position + place,
            task="measurement.sync_page",
            label=file.label[:_LONGEST_LABEL],
            arguments={"stream": file.stream_id, "path": str(file.path)},
        )
        for place, file in enumerate(files, start=1)
    )


def summary(files: list[NewFile]) -> str:
    """Return how many files were found, in words.

    >>> summary([])
    'No new file.'
    """
    if not files:
        return "No new file."
    return f"{len(files)} new file{'s' if len(files) > 1 else ''}."


def load_page(*, step: NightStep, at: datetime) -> tuple[Page, SyncRun]:
    """Load the next page of the step's file.

    Raises:
        SyncError, Unreadable, MappingError: the file cannot be loaded, and why.
    """
    run_id = step.cursor.get("run")
    if run_id is None:
        run_id = sync.begin(
            stream=SourceStream.objects.get(pk=step.arguments["stream"]),
            path=Path(step.arguments["path"]),
            at=at,
        ).pk
    page = sync.load_page(run_id=run_id, at=at)
    return page, SyncRun.objects.get(pk=run_id)


def streams() -> list[SourceStream]:
    """Return the streams that have a mapping, in the order in which they are loaded."""
    mapped = SourceStream.objects.select_related("system__storefront").filter(
        mappings__isnull=False
    )
    return sorted(
        mapped.distinct(),
        key=lambda stream: (
            _KINDS.index(stream.system.kind),
            stream.system.key,
            stream.position,
        ),
    )


def files(folder: Path, stream: SourceStream) -> Iterator[Path]:
    """Yield what lies in the stream's place, by name."""
    place = folder / stream.system.key / stream.key
    if place.is_dir():
        yield from sorted(
            path
            for path in place.iterdir()
            if _is_file(path) and not path.name.startswith(".")
        )


def _refuse_strays(folder: Path, mapped: list[SourceStream]) -> None:
    known = {f"{stream.system.key}/{stream.key}" for stream in mapped}
    if not folder.is_dir():
        return
    for path in sorted(folder.rglob("*")):
        within = path.relative_to(folder)
        is_hidden = any(part.startswith(".") for part in within.parts)
        place = within.parent.as_posix()
        if is_hidden or place in known or not _is_file(path):
            continue
        where = "the inbox itself" if place == "." else kept.shown(place)
        raise UnknownPlace(
            f"{kept.shown(path.name)} lies in {where}, which is no stream's place. Put it "
            f"into <system>/<stream>/ of the inbox, or register the stream: manage.py "
            f"load FILE --mapping MAPPING.toml."
        )


def _is_file(path: Path) -> bool:
    """Return whether it is a file, or was to be one: a link to what is gone."""
    return path.is_file() or (path.is_symlink() and not path.exists())
