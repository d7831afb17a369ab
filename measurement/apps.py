"""How Django knows this app."""

from typing import Any

from django.apps import AppConfig
from django.core import checks


class MeasurementConfig(AppConfig):
    name = "measurement"
    verbose_name = "Measurement"

    def ready(self) -> None:
        from governance import facts, later, observed, soundness, unwell, usage
        from measurement import agreement, health
        from measurement import unwell as loading
        from measurement.checks import (
            no_task_outlives_its_message,
            reports_have_a_zone_and_currencies_are_codes,
        )
        from measurement.roles import app_cannot_change_tables
        from measurement.workbench.filling import Fills

        observed.register(Fills())
        unwell.register(loading.signs)
        facts.register(health.Loading())
        usage.register(health.fields_read)
        later.carried_by(_enqueue)
        soundness.register(agreement.problems)
        checks.register(no_task_outlives_its_message)
        checks.register(reports_have_a_zone_and_currencies_are_codes)
        checks.register(app_cannot_change_tables, checks.Tags.database)


def _enqueue(task: str, /, **arguments: Any) -> None:
    # Celery is read when something is asked for: most commands never do.
    from measurement.queue import enqueue

    enqueue(task, **arguments)
