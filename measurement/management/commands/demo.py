"""``manage.py demo``: from nothing to pages with numbers on them."""

import contextlib
import fcntl
import os
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from governance.accounts import DemoAccount, PublicSite, make_demo_accounts
from governance.models import Version
from measurement import registry, together, web
from measurement.demo import SYSTEMS, DemoFile, write_demo_files

FOLDER: Path = settings.VAR / "demo"
MAPPINGS: Path = settings.BASE_DIR / "measurement" / "mappings"
HOST = "127.0.0.1"

WHERE_TO_LOOK = (
    ("/acquisition/", "lifetime value by the channel people came through"),
    ("/cohorts/", "who came back, by month of the first purchase"),
    ("/dictionary/", "what every field and figure means, and who answers for it"),
    ("/changes/", "ask for a change, see what it does, decide on it"),
    ("/sources/", "what each source sends, and what becomes of it"),
    ("/runs/", "each night: rows in, written, unchanged, rejected"),
    ("/admin/", "the registries and the review queue"),
)


class Command(BaseCommand):
    """Set up, load real baskets, compute, and show. Running it again is safe."""

    help = "Set everything up, run a night on real baskets, and serve the result."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="default: 8000")
        parser.add_argument(
            "--no-serve", action="store_true", help="end after the summary"
        )

    def handle(self, *args: Any, port: int, no_serve: bool, **options: Any) -> None:
        with _alone(port):
            if not no_serve:
                with _as_command_error(web.PortInUse):
                    web.refuse_port_in_use(HOST, port)
            accounts = self._begin()
            self._say("Writing what the real set lacks, marked as generated")
            _fill_inbox(write_demo_files(FOLDER / "files"))
            self._say("Running a night")
            call_command("night")
            call_command("summary")
            self._say_accounts(accounts)
            if not no_serve:
                self._serve(port)

    def _begin(self) -> list[DemoAccount]:
        """Bring the tables up to date, and let the registries begin: the owner's work.

        Returns who signs in: what each may do is agreed on as the registries begin.
        """
        self._say("Bringing the tables up to date")
        owner = "owner" if "owner" in settings.DATABASES else "default"
        if owner == "default" and not settings.ONE_DATABASE_ROLE:
            raise CommandError(
                "DATABASE_URL is set and DATABASE_OWNER_URL is not: the tables are made "
                "by a role of their own. Set it, or ONE_DATABASE_ROLE=yes."
            )
        call_command("migrate", database=owner, interactive=False, verbosity=0)
        # Once agreed on, a mapping changes by a request, not by the file it came from.
        if not Version.objects.exists():
            _register()
        with _as_command_error(PublicSite):
            accounts = make_demo_accounts(FOLDER)
        first = [f"--person={each.username}:{each.role.key}" for each in accounts]
        call_command("bootstrap", *first, stdout=self.stdout)
        # From here on the app's role does everything, here and in what we start.
        connections[owner].close()
        os.environ.pop("DATABASE_OWNER_URL", None)
        self.check(databases=["default"])
        return accounts

    def _serve(self, port: int) -> None:
        with _as_command_error(together.Ended):
            together.run(
                {
                    "worker": ["worker", "--log-level", "warning"],
                    "web server": ["web", "--host", HOST, "--port", str(port)],
                },
                environment=os.environ,
                logs=FOLDER,
                when_begun=lambda: self._say_where(port),
            )
        self._say("Stopped. make demo goes on where it was")

    def _say(self, line: str) -> None:
        self.stdout.write(f"{line}.")
        self.stdout.flush()

    def _say_accounts(self, accounts: list[DemoAccount]) -> None:
        self.stdout.write("\nSign in as (passwords are of this installation alone):")
        for account in accounts:
            self.stdout.write(
                f"  {account.username:<11} {account.password:<14} "
                f"{account.role.purpose}"
            )

    def _say_where(self, port: int) -> None:
        web.wait_until_served(HOST, port)
        self.stdout.write("\nLook at:")
        for path, what in WHERE_TO_LOOK:
            self.stdout.write(f"  {web.address(HOST, port)}{path:<14} {what}")
        self._say("\nCtrl-C stops the pages, the worker and the database")


def _register() -> None:
    """Register the systems the demo's files come from."""
    with _as_command_error(registry.RegistryError):
        for system in SYSTEMS:
            registry.register(MAPPINGS / f"{system}.toml")


def _fill_inbox(files: list[DemoFile]) -> None:
    """Lay the files where the night looks for them."""
    for file in files:
        place = settings.INBOX / file.system / file.stream / file.path.name
        if place.is_symlink() and place.resolve() == file.path.resolve():
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        place.unlink(missing_ok=True)
        # A link: the installed files are large, and the night keeps its own copy.
        place.symlink_to(file.path.resolve())


@contextlib.contextmanager
def _alone(port: int) -> Iterator[None]:
    """Let one demo run in this folder.

    Raises:
        CommandError: another one does.
    """
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            raise CommandError(
                f"Another demo is at work in this folder ({lock.read().strip()}). "
                f"Look there, or stop it with Ctrl-C first."
            ) from error
        lock.truncate(0)
        lock.write(f"process {os.getpid()}, {web.address(HOST, port)}")
        lock.flush()
        yield


@contextlib.contextmanager
def _as_command_error(expected: type[Exception]) -> Iterator[None]:
    try:
        yield
    except expected as error:
        raise CommandError(str(error)) from error
