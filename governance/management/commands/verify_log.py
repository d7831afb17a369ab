"""Prove that the log is whole, or name what is wrong with it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from governance import log


class Command(BaseCommand):
    help = (
        "Look at every event of the log and every seal; end with 1 if it is not whole."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what was looked at; raise where something is wrong."""
        verdict = log.verify()
        if verdict.finding is not None:
            raise CommandError(
                f"The log is not whole. {verdict.finding.sentence} Tell the auditors; "
                f"the seals lie where SEALS says."
            )
        self.stdout.write(
            f"The log is whole: {verdict.events:,} events, {verdict.seals:,} seals. "
            f"{verdict.unsealed:,} events came after the last seal."
        )
