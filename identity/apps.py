"""How Django knows this app."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "identity"
    verbose_name = "Identity"

    def ready(self) -> None:
        from governance import facts, soundness, unwell, usage
        from identity import agreeing, health

        facts.register(health.WhoIsWho())
        usage.register(health.fields_read)
        soundness.register(agreeing.problems)
        unwell.register(health.signs)
