"""``manage.py bootstrap``: let the registries begin."""

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

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            begun = starter.begin(at=timezone.now())
        except (starter.NotTheOwner, starter.UnsoundPack) as error:
            raise CommandError(str(error)) from error
        if begun is None:
            self.stdout.write(
                "The registry has begun already; from here on a change is asked for."
            )
            return
        # Until it is sealed, the owner could still write its first lines anew.
        later.ask("governance.seal")
        self.stdout.write(
            f"The registry begins with request {begun.request_id}: "
            f"{sum(begun.definitions.values())} definitions in {begun.domains} domains."
        )
        for kind, count in begun.definitions.items():
            self.stdout.write(f"  {kind:<20} {count:>5}")
