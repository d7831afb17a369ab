"""``manage.py web``: serve the pages."""

import os
from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from measurement import web


class Command(BaseCommand):
    """Serve the pages until told to stop, as the app's role."""

    help = "Serve the pages until told to stop (Ctrl-C lets running requests end)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="default: 127.0.0.1")
        parser.add_argument("--port", type=int, default=8000, help="default: 8000")

    def handle(self, *args: Any, host: str, port: int, **options: Any) -> None:
        # A page makes no tables: it is not to hold the password of who may.
        os.environ.pop("DATABASE_OWNER_URL", None)
        self.check(databases=["default"])
        try:
            web.refuse_port_in_use(host, port)
        except web.PortInUse as error:
            raise CommandError(str(error)) from error
        call_command("collectstatic", interactive=False, verbosity=0)
        self.stdout.write(f"Serving {web.address(host, port)} (Ctrl-C stops it).")
        self.stdout.flush()
        web.serve(host, port)
