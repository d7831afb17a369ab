"""How Django knows this app."""

from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "reporting"
    verbose_name = "Reporting"

    def ready(self) -> None:
        from governance import calculations, preview, soundness, unwell
        from reporting import agreed, effects, lineage
        from reporting import unwell as numbers

        calculations.register(lineage.Readings())
        soundness.register(agreed.problems)
        preview.register(effects.Numbers())
        unwell.register(numbers.signs)
