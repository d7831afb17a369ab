"""The log: sealed now and then, and proved to be whole.

Each event holds the hash of the one before it, so that none can be changed, left out or
put in between unseen. Whoever owns the table could still write the whole chain anew, or
cut its end: therefore it is sealed. A seal lists the hashes since the one before it,
signed, and lies outside the database.
"""

import json
import logging
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from django.conf import settings
from django.db import connection, connections, transaction

from governance import mail
from governance.models import Seal, User, Verification

# Asked apart: walking the chain with rows as wide as theirs takes twice as long.
_FIRST_TORN = """
with chain as (
    select
        seq,
        previous = coalesce(lag(hash) over by_seq, '') as follows,
        coalesce(lag(seq) over by_seq, 0) as before
    from governance_governanceevent
    window by_seq as (order by seq)
)
select seq, before from chain
where seq <> before + 1 or not follows
order by seq
limit 1
"""
_FIRST_ALTERED = """
select min(e.seq) from governance_governanceevent e
where e.hash is distinct from governance_event_hash(e)
"""

logger = logging.getLogger(__name__)


class LogError(Exception):
    """The log cannot be sealed; the message says why."""


@dataclass(frozen=True)
class Finding:
    """Where the log is broken: the first event that is wrong, or those that are gone."""

    first: int
    last: int
    sentence: str


@dataclass(frozen=True)
class Verdict:
    """What became of looking at the whole log.

    ``unsealed`` events came after the last seal: their end could be cut unseen.
    """

    events: int
    seals: int
    unsealed: int
    finding: Finding | None

    @property
    def is_whole(self) -> bool:
        return self.finding is None


class NotWhole(LogError):
    """The log is not what was sealed before: nothing more is sealed on top of it."""

    def __init__(self, verdict: Verdict) -> None:
        self.verdict = verdict
        found = verdict.finding.sentence if verdict.finding else ""
        super().__init__(
            f"The log is not sealed any further: {found} Tell the auditors."
        )


@dataclass(frozen=True)
class _Sealed:
    """A seal as it lies outside: the events it covers, and their hashes in order."""

    first: int
    last: int
    hashes: list[str]
    at: str
    signature: str


def verify(folder: Path | None = None, *, using: str = "default") -> Verdict:
    """Look at every event and every seal, and name the first thing that is wrong."""
    return _look(folder or settings.SEALS, using)[0]


def seal(*, at: datetime, folder: Path | None = None) -> Seal | None:
    """Seal what came since the last seal; return nothing where nothing came.

    What was found in the log is kept either way. The auditors are written to of each
    seal, and once a day of what is wrong: what they were sent nobody here can change.

    Raises:
        NotWhole: what was sealed before is not there as it was.
    """
    folder = folder or settings.SEALS
    try:
        return _seal(at, folder)
    except NotWhole as broken:
        _raise_alarm(broken, at)
        raise


@transaction.atomic
def _seal(at: datetime, folder: Path) -> Seal | None:
    _one_at_a_time()
    verdict, seals, events = _look(folder, "default")
    if verdict.finding is not None:
        raise NotWhole(verdict)
    _keep(verdict, at)
    last = seals[-1].last if seals else 0
    # What was looked at is sealed, and nothing that came meanwhile.
    hashes = [kept for seq, kept in events if seq > last]
    if not hashes:
        return None
    made = _signed(folder, first=last + 1, hashes=hashes, at=at)
    _write(folder, made)
    _tell(made, public_key(folder), at)
    return Seal.objects.create(
        seq=made.last, hash=made.hashes[-1], at=at, signature=made.signature
    )


def _keep(verdict: Verdict, at: datetime) -> None:
    Verification.objects.create(
        at=at,
        events=verdict.events,
        seals=verdict.seals,
        unsealed=verdict.unsealed,
        finding=verdict.finding.sentence if verdict.finding else "",
    )


def _tell(made: _Sealed, public: str, at: datetime) -> None:
    said = f"event {made.last}, hash {made.hashes[-1]}, signature {made.signature}"
    logger.info("The log is sealed up to %s.", said)
    mail.write(
        to=_auditors(),
        occasion=f"seal {made.last}",
        subject=f"The log is sealed up to event {made.last}",
        text=f"Sealed at {made.at}: events {made.first} to {made.last}.\n\n"
        f"Up to {said}.\nPublic key {public}.\n\n"
        f"Keep this: where the log no longer agrees with it, the log was changed.",
        at=at,
    )


def _raise_alarm(broken: NotWhole, at: datetime) -> None:
    logger.error("%s", broken)
    with transaction.atomic():
        _keep(broken.verdict, at)
        mail.write(
            to=_auditors(),
            occasion=f"not whole {at:%Y-%m-%d}",
            subject="The log is not whole",
            text=f"{broken} Look closer with manage.py verify_log.",
            at=at,
        )


def _auditors() -> Iterable[User]:
    return User.objects.filter(groups__name="auditor", is_active=True)


def public_key(folder: Path | None = None) -> str:
    """Return the key by which anybody can check a seal, as hexadecimal digits."""
    kept = (folder or settings.SEALS) / "public_key"
    return kept.read_text().strip() if kept.exists() else ""


def _look(
    folder: Path, using: str
) -> tuple[Verdict, list[_Sealed], list[tuple[int, str]]]:
    """Return what is to be said of the log, its seals, and what was looked at."""
    # Asked first: a seal made meanwhile lies in the folder before it stands in the table.
    made = Seal.objects.using(using).values_list("seq", flat=True).first() or 0
    seals = _seals(folder)
    with connections[using].cursor() as cursor:
        cursor.execute("select seq, hash from governance_governanceevent order by seq")
        events: list[tuple[int, str]] = cursor.fetchall()
    sealed_to = seals[-1].last if seals else 0
    found = [_against_seals(folder, seals, dict(events), made), _first_break(using)]
    verdict = Verdict(
        events=len(events),
        seals=len(seals),
        unsealed=sum(seq > sealed_to for seq, _hash in events),
        finding=min(filter(None, found), key=lambda each: each.first, default=None),
    )
    return verdict, seals, events


def _first_break(using: str) -> Finding | None:
    with connections[using].cursor() as cursor:
        cursor.execute(_FIRST_TORN)
        torn: list[tuple[int, int]] = cursor.fetchall()
        cursor.execute(_FIRST_ALTERED)
        [(altered,)] = cursor.fetchall()
    if altered is not None and (not torn or altered < torn[0][0]):
        return Finding(altered, altered, f"Event {altered} is not what was written.")
    if not torn:
        return None
    [(seq, before)] = torn
    if seq != before + 1:
        return _gone(before + 1, seq - 1)
    said = (
        "is not what was written"
        if seq == altered
        else "does not follow the event before it"
    )
    return Finding(seq, seq, f"Event {seq} {said}.")


def _against_seals(
    folder: Path, seals: list[_Sealed], events: dict[int, str], made: int
) -> Finding | None:
    reached = 0
    for each in seals:
        if each.first != reached + 1:
            return _seal_gone(reached + 1, each.first - 1)
        if not _is_signed(folder, each):
            return Finding(
                each.first,
                each.last,
                f"The seal of events {each.first} to {each.last} was not signed by us.",
            )
        for seq, kept in enumerate(each.hashes, start=each.first):
            if seq not in events:
                return _gone(seq, _until_there(seq, each.last, events))
            if events[seq] != kept:
                return Finding(
                    seq, seq, f"Event {seq} is not what was sealed at {each.at}."
                )
        reached = each.last
    return _seal_gone(reached + 1, made) if made > reached else None


def _seal_gone(first: int, last: int) -> Finding:
    return Finding(first, last, f"The seal of events {first} to {last} is gone.")


def _until_there(seq: int, last: int, events: dict[int, str]) -> int:
    while seq < last and seq + 1 not in events:
        seq += 1
    return seq


def _gone(first: int, last: int) -> Finding:
    if first == last:
        return Finding(first, last, f"Event {first} is missing.")
    return Finding(first, last, f"Events {first} to {last} are missing.")


def _seals(folder: Path) -> list[_Sealed]:
    return [
        _Sealed(**json.loads(path.read_text()))
        for path in sorted(folder.glob("*.seal"))
    ]


def _signed(folder: Path, *, first: int, hashes: list[str], at: datetime) -> _Sealed:
    last = first + len(hashes) - 1
    bare = _Sealed(first, last, hashes, at.isoformat(), "")
    return _Sealed(first, last, hashes, bare.at, _key(folder).sign(_said(bare)).hex())


def _is_signed(folder: Path, sealed: _Sealed) -> bool:
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key(folder)))
        key.verify(bytes.fromhex(sealed.signature), _said(sealed))
    except (InvalidSignature, ValueError):
        return False
    return len(sealed.hashes) == sealed.last - sealed.first + 1


def _said(sealed: _Sealed) -> bytes:
    said: list[Any] = [sealed.first, sealed.last, sealed.at, *sealed.hashes]
    return json.dumps(said).encode()


def _write(folder: Path, sealed: _Sealed) -> None:
    path = folder / f"{sealed.last:015}.seal"
    unfinished = path.with_suffix(f".{os.getpid()}")
    with unfinished.open("w") as file:
        json.dump(sealed.__dict__, file)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    # Its name is to outlast a power cut too: the table will say that it is there.
    names = os.open(folder, os.O_RDONLY)
    os.fsync(names)
    os.close(names)


def _key(folder: Path) -> Ed25519PrivateKey:
    """Return the key seals are signed with, made once and readable by us alone."""
    folder.mkdir(parents=True, exist_ok=True)
    kept: Path = settings.SEAL_KEY
    if not kept.exists():
        made = Ed25519PrivateKey.generate()
        written = made.private_bytes(
            Encoding.Raw, PrivateFormat.Raw, NoEncryption()
        ).hex()
        kept.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(
            os.open(kept, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w"
        ) as f:
            f.write(written)
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(kept.read_text()))
    public = folder / "public_key"
    if not public.exists():
        raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        public.write_text(raw.hex())
    return key


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(hashtextextended('governance seal', 42))"
        )
