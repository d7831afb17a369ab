"""How Django knows this app."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "identity"
    verbose_name = "Identity"

    def ready(self) -> None:
        from governance import facts, usage
        from identity import health

        facts.register(health.WhoIsWho())
        usage.register(health.fields_read)
