"""Start a worker."""

import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from measurement import celery


class Command(BaseCommand):
    """Run tasks from the queue until told to stop, as the app's role."""

    help = "Run tasks from the queue until told to stop (Ctrl-C lets running ones end)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--processes", type=int, default=2, help="tasks at a time (default: 2)"
        )
        parser.add_argument("--log-level", default="info", help="default: info")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["processes"] < 1:
            raise CommandError(
                f"A worker of {options['processes']} processes does nothing: say 1 or more."
            )
        # A worker makes no tables: it is not to hold the password of who may.
        os.environ.pop("DATABASE_OWNER_URL", None)
        self.check(databases=["default"])
        celery.app.worker_main(
            celery.worker_arguments(
                processes=options["processes"], log_level=options["log_level"]
            )
        )
