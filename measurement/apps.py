"""How Django knows this app."""

from django.apps import AppConfig
from django.core import checks


class MeasurementConfig(AppConfig):
    name = "measurement"
    verbose_name = "Measurement"

    def ready(self) -> None:
        from measurement.checks import no_task_outlives_its_message
        from measurement.roles import app_cannot_change_tables

        checks.register(no_task_outlives_its_message)
        checks.register(app_cannot_change_tables, checks.Tags.database)
