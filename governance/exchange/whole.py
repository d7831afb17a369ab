"""A file as a whole: written out, read in, and asked for as one request."""

import codecs
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import PurePath

from governance import changes
from governance.exchange import as_csv, as_yaml
from governance.exchange.rows import LARGEST, Row, Unfit
from governance.exchange.trial import LeftOut, Trial
from governance.kinds import KINDS
from governance.models import ChangeRequest, User, Version

_ORDER = {kind: place for place, kind in enumerate(KINDS)}
_ENDINGS = {".yaml": "yaml", ".yml": "yaml", ".csv": "csv"}
_WRITERS = {"yaml": as_yaml.write, "csv": as_csv.write}
_READERS = {"yaml": as_yaml.read, "csv": as_csv.read}


def write(versions: Iterable[Version], *, form: str) -> str:
    """Return the versions as ``yaml`` or ``csv``: the same ones are the same text always."""
    known = [version for version in versions if version.kind in _ORDER]
    ordered = sorted(known, key=lambda each: (_ORDER[each.kind], each.key))
    return _WRITERS[form](ordered)


def form_of(name: str) -> str:
    """Return which form a file of that name has.

    Raises:
        Unfit: its name ends in neither.
    """
    form = _ENDINGS.get(PurePath(name).suffix.lower())
    if form is None:
        raise Unfit("Its name ends neither in .yaml nor in .csv. Import one of these.")
    return form


def text_of(raw: bytes) -> str:
    """Return the text of a file: UTF-8, or UTF-16 that says so.

    Raises:
        Unfit: it is too large, empty, or no text.
    """
    if len(raw) > LARGEST:
        raise Unfit(
            f"It is larger than {LARGEST // 1024 // 1024} MB. Import it in parts."
        )
    is_wide = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = raw.decode("utf-16" if is_wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise Unfit(
            f"Line {line} holds a character that is not UTF-8. Save the file as UTF-8; a "
            f"spreadsheet calls it “CSV UTF-8”."
        ) from error
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise Unfit(
            f"Line {line} holds a NUL, which no text has. Save the file as UTF-8."
        )
    if not text.strip():
        raise Unfit("There is nothing in it.")
    return text


def read(text: str, *, form: str) -> list[Row]:
    """Return the rows of a file.

    Raises:
        Unfit: it cannot be read, or has no rows.
    """
    rows = _READERS[form](text)
    if not rows:
        raise Unfit("It has no rows, so there is nothing to import.")
    return rows


def propose(
    trial: Trial,
    *,
    title: str,
    reason: str,
    without_left_out: bool,
    by: User,
    at: datetime,
    effective_at: datetime | None = None,
) -> ChangeRequest:
    """Ask for all a file says otherwise, as one draft.

    Raises:
        LeftOut: rows are wrong or changed meanwhile, and nobody said to leave them out.
        changes.ChangeError: as ``changes.propose`` does.
    """
    if trial.left_out and not without_left_out:
        raise LeftOut(
            f"{trial.left_out} of {len(trial.tried)} rows cannot be asked for. Mend the "
            f"file, or say that they are to be left out."
        )
    return changes.propose(
        title=title,
        reason=reason,
        operations=trial.asked,
        by=by,
        at=at,
        effective_at=effective_at,
    )


def title_of(name: str, asked: Sequence[changes.Proposed]) -> str:
    """Return what a request of a file is called if nobody calls it otherwise."""
    n = len(asked)
    return f"Import {name[:120]}: {n:,} definition{'s' if n != 1 else ''}"
