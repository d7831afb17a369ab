"""How Django knows this app."""

from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "reporting"
    verbose_name = "Reporting"

    def ready(self) -> None:
        from governance import soundness
        from reporting import agreed

        soundness.register(agreed.problems)
