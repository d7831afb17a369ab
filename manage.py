#!/usr/bin/env python
"""The door of the command line."""

import os
import sys

from measurement import env, postgres


def main() -> None:
    """Give the command the database it may use, then run it.

    Without ``DATABASE_URL`` a PostgreSQL of our own is started under ``var/``. Only
    commands that change the schema are handed the owner's password.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "measurement.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    try:
        postgres.provide(command)
        run()
    except (env.NotConfigured, postgres.PostgresError) as error:
        sys.exit(f"plumbline: {error}")
    except KeyboardInterrupt:
        sys.exit(130)


def run() -> None:
    """Run the command; a database that cannot be had is a sentence, not a traceback."""
    from django.core.management import execute_from_command_line
    from django.db import OperationalError

    from measurement import unreachable

    try:
        execute_from_command_line(sys.argv)
    except OperationalError as error:
        sentence = unreachable.sentence(error)
        if sentence is None:
            raise
        sys.exit(f"plumbline: {sentence}")


if __name__ == "__main__":
    main()
