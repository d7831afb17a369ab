"""Ask for what a mapping file says."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from governance import changes
from governance.models import User
from measurement import proposing, registry
from measurement.mapping import MappingError


class Command(BaseCommand):
    """``manage.py propose MAPPING.toml --by NAME --reason WHY``"""

    help = (
        "Open a change request for what a mapping file says otherwise than what is in "
        "force. It is put to review on its page."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--by", required=True, help="the user who asks for it")
        parser.add_argument("--reason", required=True, help="why it shall be so")

    def handle(self, *args: Any, **options: Any) -> None:
        by = User.objects.filter(username=options["by"], is_active=True).first()
        if by is None:
            raise CommandError(f"Nobody signs in as {options['by']}.")
        try:
            request, asked = proposing.propose(
                options["file"], reason=options["reason"], by=by, at=timezone.now()
            )
        except proposing.NothingNew as nothing:
            self.stdout.write(str(nothing))
            return
        except (registry.RegistryError, MappingError, changes.ChangeError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Request {request.pk} asks for {asked} definition"
            f"{'s' * (asked != 1)}: /changes/{request.pk}/"
        )
