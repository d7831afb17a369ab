"""Ask for a model that learned from stewards' answers."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from governance import changes
from governance.models import User
from identity import teaching
from identity.matching.learning import TooFewAnswers


class Command(BaseCommand):
    """``manage.py propose_model --by NAME``"""

    help = (
        "Learn weights of evidence from all that stewards have answered, and open a "
        "change request for scoring by them. It is put to review on its page."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--by", required=True, help="the user who asks for it")

    def handle(self, *args: Any, **options: Any) -> None:
        by = User.objects.filter(username=options["by"], is_active=True).first()
        if by is None:
            raise CommandError(f"Nobody signs in as {options['by']}.")
        try:
            request = teaching.propose(by=by, at=timezone.now())
        except (
            TooFewAnswers,
            teaching.NothingAgreed,
            changes.ChangeError,
        ) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{request.reason} /changes/{request.pk}/")
