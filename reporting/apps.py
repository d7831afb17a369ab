"""How Django knows this app."""

from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "reporting"
    verbose_name = "Reporting"

    def ready(self) -> None:
        from governance import calculations, preview, soundness
        from reporting import agreed, effects, lineage

        calculations.register(lineage.Readings())
        soundness.register(agreed.problems)
        preview.register(effects.Numbers())
