"""How Django knows this app."""

from django.apps import AppConfig
from django.core import checks


class MeasurementConfig(AppConfig):
    name = "measurement"
    verbose_name = "Measurement"

    def ready(self) -> None:
        from governance import soundness
        from measurement import agreement
        from measurement.checks import (
            no_task_outlives_its_message,
            reports_have_a_zone_and_currencies_are_codes,
        )
        from measurement.roles import app_cannot_change_tables

        soundness.register(agreement.problems)
        checks.register(no_task_outlives_its_message)
        checks.register(reports_have_a_zone_and_currencies_are_codes)
        checks.register(app_cannot_change_tables, checks.Tags.database)
