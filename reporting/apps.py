"""How Django knows this app."""

from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "reporting"
    verbose_name = "Reporting"

    def ready(self) -> None:
        from governance import calculations, effects, facts, soundness, unwell, usage
        from identity import effects as of_merges
        from reporting import agreed, health, lineage
        from reporting import unwell as numbers
        from reporting.effects import Numbers
        from reporting.merges import Merges

        calculations.register(lineage.Readings())
        facts.formulas_by(health.formula_in_words)
        facts.register(health.Publishing())
        usage.register(health.fields_read)
        soundness.register(agreed.problems)
        effects.register(Numbers())
        of_merges.register(Merges())
        unwell.register(numbers.signs)
