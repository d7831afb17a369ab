"""What is wrong with the numbers somebody answers for, as their desk shows it."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse

from governance.unwell import Mine, Sign
from reporting.models import Build


def signs(mine: Mine, *, at: datetime) -> Iterator[Sign]:
    """Say which checks held the newest numbers back from whoever answers for a KPI."""
    newest = Build.objects.filter(made_at__lte=at).first() if mine.get("kpi") else None
    if newest is not None and newest.state == Build.State.HELD:
        yield Sign(
            f"Numbers of {newest.made_at:%d %B %Y}",
            f"They were held back, and earlier ones are shown. {newest.message}".strip(),
            reverse("reporting:runs"),
        )
