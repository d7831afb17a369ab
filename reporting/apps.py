"""How Django knows this app."""

from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "reporting"
    verbose_name = "Reporting"

    def ready(self) -> None:
        from governance import calculations, effects, facts, soundness, unwell, usage
        from reporting import agreed, health, lineage
        from reporting import unwell as numbers
        from reporting.effects import Numbers

        calculations.register(lineage.Readings())
        facts.formulas_by(health.formula_in_words)
        facts.register(health.Publishing())
        usage.register(health.fields_read)
        soundness.register(agreed.problems)
        effects.register(Numbers())
        unwell.register(numbers.signs)
