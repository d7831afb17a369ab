"""``manage.py db``: start, stop or look at the PostgreSQL under ``var/``."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from measurement import postgres


class Command(BaseCommand):
    """Start it to stay, stop it, or say whether it runs."""

    help = "Start, stop or look at the PostgreSQL under var/."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["start", "stop", "status"])

    def handle(self, *, what: str, **options: object) -> None:
        server = postgres.embedded()
        try:
            if what == "start":
                server.start()
            elif what == "stop" and server.is_running():
                server.stop()
        except postgres.PostgresError as error:
            raise CommandError(str(error)) from error
        running = "runs" if server.is_running() else "does not run"
        self.stdout.write(f"The PostgreSQL under {server.folder} {running}.")
