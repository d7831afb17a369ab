"""How Django knows this app."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class GovernanceConfig(AppConfig):
    name = "governance"
    verbose_name = "Governance"

    def ready(self) -> None:
        from governance import budget, grants, soundness
        from governance.roles import write_groups

        soundness.register(budget.problems)
        soundness.register(grants.problems)
        post_migrate.connect(write_groups, dispatch_uid="governance.roles")
