"""``manage.py bootstrap``: let the registries begin."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from governance import later, starter


class Command(BaseCommand):
    """Enter what an installation begins with. Running it again changes nothing."""

    help = (
        "Enter the starter pack and what is registered by now, as the owner of the "
        "tables. Possible once; register your mapping files first."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--person",
            action="append",
            default=[],
            metavar="NAME:ROLE,ROLE",
            help="who may do what from the beginning: two data owners and an "
            "administrator at least, or nobody decides on anything",
        )

    def handle(self, *args: Any, person: list[str], **options: Any) -> None:
        try:
            people = [starter.First.written(text) for text in person]
            begun = starter.begin(at=timezone.now(), people=people)
            seated = begun is None and starter.seat(people)
        except (
            starter.NotAPerson,
            starter.NotTheOwner,
            starter.UnsoundPack,
        ) as error:
            raise CommandError(str(error)) from error
        if begun is None:
            self.stdout.write(
                "The registry has begun already; from here on a change is asked for."
            )
            self._say(people if seated else [])
            return
        # Until it is sealed, the owner could still write its first lines anew.
        later.ask("governance.seal")
        self.stdout.write(
            f"The registry begins with request {begun.request_id}: "
            f"{sum(begun.definitions.values())} definitions in {begun.domains} domains."
        )
        for kind, count in begun.definitions.items():
            self.stdout.write(f"  {kind:<20} {count:>5}")
        self._say(people)
        if not people:
            self.stdout.write(
                "Nobody has a role yet, so nobody decides on anything. Run this again and "
                "name the first people with --person."
            )

    def _say(self, people: list[starter.First]) -> None:
        for each in people:
            self.stdout.write(f"{each.username} begins as {', '.join(each.roles)}.")
