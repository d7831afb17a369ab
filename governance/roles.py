"""What each role may do. Every migration writes it into the groups of the same name.

A right that is not in this file does not survive the next one: what somebody needs beyond
their role goes into a group of its own.
"""

from dataclasses import dataclass, field
from typing import Any

from django.apps import AppConfig
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db import connections
from django.db.models import Q

# Whoever signs in reads all of these, but for what is CLOSED.
OURS = ("governance", "measurement", "identity", "reporting")
REGISTRIES = (
    "governance.storefront",
    "governance.sourcesystem",
    "governance.sourcestream",
    "governance.fieldmapping",
    "governance.channel",
    "governance.campaignrule",
)
USERS = "governance.user"
# Adding one is asking for a change; who decides on it, the database alone answers.
REQUESTS: dict[str, tuple[str, ...]] = {"governance.changerequest": ("add",)}
# Who did what is read by those who look after it.
LOG: dict[str, tuple[str, ...]] = {"governance.governanceevent": ("view",)}
# Changing one is revoking it: nothing else of a token ever changes.
TOKENS: dict[str, tuple[str, ...]] = {"governance.apitoken": ("view", "change")}
# Changing one is lifting it.
FREEZES: dict[str, tuple[str, ...]] = {"governance.freezewindow": ("add", "change")}
# What readers of a number should know is said by those who may ask for changes of it.
NOTES: dict[str, tuple[str, ...]] = {"reporting.note": ("add",)}
# Not read by whoever signs in: who else does, what was done, what was written to whom.
CLOSED = ("user", "userhistory", "visit", "governanceevent", "letter", "apitoken")
PROPOSERS = ("steward", "data_owner", "privacy", "admin")


@dataclass(frozen=True)
class Role:
    """A group whose rights are written here: ``may`` names verbs per model."""

    key: str
    name: str
    purpose: str
    may: dict[str, tuple[str, ...]] = field(default_factory=dict)
    works_in_admin: bool = True


ROLES = (
    Role("viewer", "Viewer", "reads the pages", works_in_admin=False),
    Role(
        "steward",
        "Steward",
        "decides which records are the same person",
        {"identity.matchcandidate": ("change",), **REQUESTS, **NOTES},
    ),
    Role(
        "data_owner",
        "Data owner",
        "answers for what fields and channels mean",
        {
            **dict.fromkeys(REGISTRIES, ("add", "change")),
            **REQUESTS,
            **FREEZES,
            **NOTES,
        },
    ),
    Role(
        "privacy",
        "Privacy officer",
        "sees what was consented to, and when",
        {**REQUESTS, **LOG, **NOTES},
    ),
    Role(
        "auditor",
        "Auditor",
        "sees who did what",
        {
            USERS: ("view",),
            "auth.group": ("view",),
            "admin.logentry": ("view",),
            **LOG,
            **TOKENS,
        },
    ),
    Role(
        "admin",
        "Administrator",
        "lets people in and gives them roles",
        {
            USERS: ("view", "add", "change"),
            # What an area is called, and nothing else of it.
            "governance.domain": ("change",),
            "auth.group": ("view",),
            **REQUESTS,
            **LOG,
            **FREEZES,
            **TOKENS,
            **NOTES,
        },
    ),
)
BY_KEY = {role.key: role for role in ROLES}
# Who signs in to a demo. What moves a number is approved by two, and nobody is two.
DEMO_ACCOUNTS = {
    "viewer": "viewer",
    "steward": "steward",
    "data_owner": "data_owner",
    "other_owner": "data_owner",
    "privacy": "privacy",
    "auditor": "auditor",
    "admin": "admin",
}


def write_groups(*, app_config: AppConfig, using: str, **_: Any) -> None:
    """Bring the groups up to what is written here; called after each app's migrations."""
    has_groups = "auth_group" in connections[using].introspection.table_names()
    if app_config.label not in {*OURS, "auth", "admin"} or not has_groups:
        return
    # Django makes them after us, and a group cannot be given what is not there yet.
    create_permissions(app_config, verbosity=0, using=using)
    for role in ROLES:
        group, _made = Group.objects.using(using).get_or_create(name=role.key)
        group.permissions.set(_permissions(role, using))


def _permissions(role: Role, using: str) -> list[Permission]:
    wanted = Q(content_type__app_label__in=OURS, codename__startswith="view_") & ~Q(
        codename__in=[f"view_{name}" for name in CLOSED]
    )
    for model, verbs in role.may.items():
        app_label, name = model.split(".")
        wanted |= Q(
            content_type__app_label=app_label,
            codename__in=[f"{verb}_{name}" for verb in verbs],
        )
    return list(Permission.objects.using(using).filter(wanted))
