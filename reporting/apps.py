"""How Django knows this app."""

from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "reporting"
    verbose_name = "Reporting"

    def ready(self) -> None:
        from governance import calculations, facts, preview, soundness, unwell, usage
        from reporting import agreed, effects, health, lineage
        from reporting import unwell as numbers

        calculations.register(lineage.Readings())
        facts.formulas_by(health.formula_in_words)
        facts.register(health.Publishing())
        usage.register(health.fields_read)
        soundness.register(agreed.problems)
        preview.register(effects.Numbers())
        unwell.register(numbers.signs)
