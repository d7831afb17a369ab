#!/usr/bin/env python
"""The door of the command line."""

import os
import sys

from measurement import postgres


def main() -> None:
    """Give the command the database it may use, then run it.

    Without ``DATABASE_URL`` a PostgreSQL of our own is started under ``var/``. Only
    commands that change the schema are handed the owner's password.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "measurement.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    try:
        postgres.provide(command)
    except postgres.PostgresError as error:
        sys.exit(f"plumbline: {error}")

    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
