"""One PostgreSQL of our own: its data, its roles, its start and its end."""

import contextlib
import fcntl
import hashlib
import os
import secrets
import shlex
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psycopg

from measurement.postgres import programs, roles
from measurement.postgres.programs import PostgresError
from measurement.postgres.roles import DATABASE, SUPERUSER

_LONGEST_SOCKET_FOLDER = 80
_TRIES, _BETWEEN_TRIES = 3, 1.0

_CONFIGURATION = """
listen_addresses = ''
password_encryption = 'scram-sha-256'
max_connections = 60
shared_buffers = '256MB'
work_mem = '32MB'
maintenance_work_mem = '128MB'
max_wal_size = '4GB'
checkpoint_timeout = '15min'
wal_level = 'minimal'
max_wal_senders = 0
wal_compression = 'on'
random_page_cost = 1.1
jit = 'off'
timezone = 'UTC'
datestyle = 'iso, ymd'
log_min_messages = 'warning'
"""


@dataclass(frozen=True)
class _Use:
    """While the lock is held, whoever leaves the server does not stop it."""

    process: int
    lock: IO[str]


_in_use: dict[Path, _Use] = {}


@dataclass(frozen=True)
class Server:
    """A PostgreSQL cluster of our own: its data, its socket, its passwords."""

    folder: Path

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.data / "server.log"

    @property
    def socket_folder(self) -> Path:
        """Return the folder of the socket: beside the data, or short where that is long."""
        beside = self.folder / "socket"
        if len(os.fsencode(beside)) < _LONGEST_SOCKET_FOLDER:
            return beside
        digest = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"plumbline-{digest}"

    def password(self, role: str) -> str:
        """Return the role's password, made at the first asking, readable by us alone."""
        kept = self.folder / "secrets" / role
        if not kept.exists():
            kept.parent.mkdir(mode=0o700, exist_ok=True)
            with tempfile.NamedTemporaryFile("w", dir=kept.parent) as made:
                made.write(secrets.token_urlsafe(24))
                made.flush()
                # Two may make one at once; the first one's is everybody's.
                with contextlib.suppress(FileExistsError):
                    os.link(made.name, kept)
        return kept.read_text()

    def url(self, role: str, database: str = DATABASE) -> str:
        """Return the address at which the role may sign in."""
        return (
            f"postgresql://{role}:{quote(self.password(role))}@/{database}"
            f"?host={quote(str(self.socket_folder))}"
        )

    def is_running(self) -> bool:
        """Return whether the server lives and somebody answers at its socket.

        Either alone is no proof: after a crash the number in ``postmaster.pid`` may have
        been given to another process, and the children of a killed server go on holding
        its socket for a moment.
        """
        if not self._postmaster_lives():
            return False
        with socket.socket(socket.AF_UNIX) as asking:
            try:
                asking.connect(str(self.socket_folder / ".s.PGSQL.5432"))
            except OSError:
                return False
        return True

    def start(self) -> None:
        """Start the server to stay until ``stop``; make what it lacks.

        Raises:
            PostgresError: it did not come up; the end of its log is quoted.
        """
        with self._alone():
            self._stops_when_idle.unlink(missing_ok=True)
            self._ensure_running()

    def use(self) -> None:
        """Start the server if need be, and keep it running while this process lives.

        Raises:
            PostgresError: it did not come up; the end of its log is quoted.
        """
        with self._alone():
            if not self.is_running():
                self._stops_when_idle.touch()
            self._ensure_running()
            if self.folder not in _in_use:
                lock = (self.folder / "users").open("a")
                fcntl.flock(lock, fcntl.LOCK_SH)
                _in_use[self.folder] = _Use(os.getpid(), lock)

    def leave(self) -> None:
        """Use the server no longer; stop it if nobody does and it is not to stay."""
        held = _in_use.get(self.folder)
        # A process forked from the one that came in leaves nothing: that one still works.
        if held is None or held.process != os.getpid() or not self.folder.exists():
            return
        del _in_use[self.folder]
        with self._alone():
            held.lock.close()
            if self._stops_when_idle.exists():
                self._stop_if_idle()

    def stop(self) -> None:
        """Stop the server; connections still open are ended."""
        with self._alone():
            self._stop()

    @property
    def _stops_when_idle(self) -> Path:
        return self.folder / "stops-when-idle"

    def _stop(self) -> None:
        self._control("stop", "-m", "fast", "-w")

    def _stop_if_idle(self) -> None:
        with (self.folder / "users").open("a") as users:
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            # A worker or a person with psql holds a connection, not the lock.
            with contextlib.suppress(psycopg.Error):
                if not self._has_guests():
                    self._stop()

    def _has_guests(self) -> bool:
        with psycopg.connect(self.url(SUPERUSER, SUPERUSER)) as connection:
            return bool(
                connection.execute(
                    "select 1 from pg_stat_activity where backend_type = 'client backend'"
                    " and pid <> pg_backend_pid()"
                ).fetchall()
            )

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Let one process at a time start or stop the server; say what stands in the way."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with (self.folder / "lock").open("a") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield
        except OSError as error:
            raise PostgresError(
                f"The PostgreSQL under {self.folder} cannot be used: {error.strerror} "
                f"({error.filename}). Run as the account that made the folder, or set "
                f"VAR to a folder of your own."
            ) from error

    def _ensure_running(self) -> None:
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        if not self.is_running():
            self._launch()
        self._wait_until_ready()
        with psycopg.connect(
            self.url(SUPERUSER, SUPERUSER), autocommit=True
        ) as connection:
            roles.ensure(connection, self.password)

    def _initialise(self) -> None:
        for left_behind in self.folder.glob("data-*"):
            shutil.rmtree(left_behind)
        unfinished = self.folder / f"data-{secrets.token_hex(4)}"
        unfinished.mkdir(mode=0o700)
        account = programs.account(self.data)
        account.reach(self.folder)
        account.reach(programs.folder())
        with tempfile.NamedTemporaryFile("w", dir=self.folder) as handed_over:
            handed_over.write(self.password(SUPERUSER))
            handed_over.flush()
            account.own(unfinished, Path(handed_over.name))
            made = account.run(
                "initdb",
                f"--pgdata={unfinished}",
                f"--username={SUPERUSER}",
                f"--pwfile={handed_over.name}",
                "--auth=scram-sha-256",
                "--encoding=utf8",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--locale=C.UTF-8",
            )
        if made.returncode:
            raise PostgresError(
                f"PostgreSQL could not make its data folder under {self.folder}: "
                f"{made.stderr.strip()}"
            )
        with (unfinished / "postgresql.conf").open("a") as configuration:
            configuration.write(_CONFIGURATION)
        # The last step: a folder of this name is a whole one.
        unfinished.rename(self.data)

    def _launch(self) -> None:
        account = programs.account(self.data)
        self.log.touch()
        self._make_socket_folder(account)
        account.reach(self.folder)
        account.reach(programs.folder())
        account.own(self.log)
        sockets = str(self.socket_folder).replace('"', '""')
        for attempt in range(_TRIES):
            self._forget_dead_server()
            started = self._control(
                "start", "-w", "-t", "120", "-l", str(self.log),
                "-o", "-k " + shlex.quote(f'"{sockets}"'),
            )  # fmt: skip
            if not started.returncode:
                return
            # The children of a killed server take a moment to notice.
            if attempt < _TRIES - 1:
                time.sleep(_BETWEEN_TRIES)
        last = " / ".join(self.log.read_text(errors="replace").splitlines()[-3:])
        raise PostgresError(
            f"PostgreSQL did not start. The end of {self.log} says: {last}"
        )

    def _make_socket_folder(self, account: programs.Account) -> None:
        self.socket_folder.mkdir(exist_ok=True)
        found = self.socket_folder.lstat()
        # In a folder open to all somebody else may have put it there before us.
        if self.socket_folder.is_symlink() or found.st_uid not in {
            os.geteuid(),
            account.user,
        }:
            raise PostgresError(
                f"{self.socket_folder} belongs to another account, so the server's "
                f"socket cannot be put there. Set VAR to a shorter path."
            )
        account.own(self.socket_folder)

    def _postmaster_lives(self) -> bool:
        try:
            number = (self.data / "postmaster.pid").read_text().split("\n", 1)[0]
        except FileNotFoundError:
            return False
        processes = Path("/proc")
        if not (processes / "self" / "cmdline").exists():
            return True
        with contextlib.suppress(OSError):
            command = (processes / number.strip() / "cmdline").read_bytes()
            return os.fsencode(self.data) in command
        return False

    def _forget_dead_server(self) -> None:
        """Remove the number of a server that was killed.

        PostgreSQL does this too, unless another process has been given the same number.
        """
        if not self._postmaster_lives():
            (self.data / "postmaster.pid").unlink(missing_ok=True)
            (self.socket_folder / ".s.PGSQL.5432.lock").unlink(missing_ok=True)

    def _control(self, *arguments: str) -> programs.Ended:
        account = programs.account(self.data)
        return account.run("pg_ctl", f"--pgdata={self.data}", *arguments)

    def _wait_until_ready(self, seconds: float = 120) -> None:
        """Wait while it recovers from a crash; start it again if it dies meanwhile."""
        until = time.monotonic() + seconds
        while True:
            try:
                psycopg.connect(self.url(SUPERUSER, SUPERUSER)).close()
                return
            except psycopg.OperationalError as error:
                if "password" in str(error) or time.monotonic() > until:
                    raise PostgresError(
                        f"The PostgreSQL under {self.folder} does not let us in: "
                        f"{' '.join(str(error).split())}"
                    ) from error
            time.sleep(0.1)
            if not self.is_running():
                self._launch()
