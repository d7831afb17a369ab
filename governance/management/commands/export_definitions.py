"""``manage.py export_definitions``: write the dictionary out as a file."""

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from governance import dictionary, exchange
from governance.kinds import KINDS
from governance.models import Domain, State


class Command(BaseCommand):
    """Print definitions, or write them to a file. The same ones are the same bytes."""

    help = "Write definitions as YAML or CSV; without a choice, all that hold now."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--form", choices=exchange.FORMATS, default="yaml")
        parser.add_argument("--kind", choices=list(map(str, KINDS)), default="")
        parser.add_argument("--domain", default="")
        parser.add_argument("--state", choices=State.values, default="")
        parser.add_argument("--words", default="", help="What to search for.")
        parser.add_argument("--as-of", default="", help="A day, such as 2026-03-31.")
        parser.add_argument("--to", type=Path, help="A file to write.")

    def handle(self, *args: Any, **options: Any) -> None:
        text = exchange.write(
            dictionary.search(_asked(options), kinds=tuple(KINDS)), form=options["form"]
        )
        if options["to"] is None:
            self.stdout.write(text, ending="")
            return
        try:
            options["to"].write_bytes(text.encode())
        except OSError as error:
            raise CommandError(
                f"{options['to']} cannot be written: {error.strerror}."
            ) from error


def _asked(options: dict[str, Any]) -> dictionary.Asked:
    domain = options["domain"]
    domains = sorted(Domain.objects.values_list("key", flat=True))
    if domain and domain not in domains:
        raise CommandError(
            f"There is no domain {domain}; there are {', '.join(domains)}."
        )
    try:
        zone = ZoneInfo(settings.REPORTING_TIME_ZONE)
        at = dictionary.moment_of(options["as_of"], zone=zone)
    except dictionary.Unreadable as error:
        raise CommandError(
            f"'{options['as_of']}' is no day. Write one as 2026-03-31."
        ) from error
    return dictionary.Asked(
        options["words"], options["kind"], domain, options["state"], at
    )
