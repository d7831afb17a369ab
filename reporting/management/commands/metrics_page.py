"""Write docs/metrics.md from the definitions."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from reporting import definitions


class Command(BaseCommand):
    help = "Write docs/metrics.md from the definitions in reporting/metrics/."

    def handle(self, **options: Any) -> None:
        file = settings.BASE_DIR / "docs" / "metrics.md"
        file.write_text(definitions.page())
        self.stdout.write(f"Wrote {file.relative_to(settings.BASE_DIR)}.")
