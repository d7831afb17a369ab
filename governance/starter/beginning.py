"""Begin the registry: once, whole, and as the role that owns the tables."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import psycopg
from django.contrib.auth.models import Group
from django.db import ProgrammingError, connections, transaction

from governance.models import (
    Application,
    ChangeRequest,
    Domain,
    Kind,
    Operation,
    Revision,
    Version,
)
from governance.starter import first, pack, registered
from governance.starter.first import First

_TITLE = "What this installation begins with"
_REASON = (
    "A registry that is empty has nobody who could approve its first line. The owner of "
    "the database enters what every installation begins with, and what was registered "
    "before; from here on each change is asked for and decided on."
)


class NotTheOwner(Exception):
    """Only the role that owns the tables begins the registry."""


@dataclass(frozen=True)
class Begun:
    """The request by which the registry began, and how many definitions of each kind."""

    request_id: int
    domains: int
    definitions: dict[str, int]


def begin(
    *, at: datetime, people: Sequence[First] = (), using: str = ""
) -> Begun | None:
    """Write what an installation begins with; return nothing where one has begun before.

    Domains, dictionary, figures and rules come from the pack; storefronts, systems,
    streams, mappings, channels and campaign rules are taken as they are registered now.
    Two who begin at once begin it once.

    Args:
        people: who may do what from now on; nobody could decide on it before. Data owners
            own every domain there is, and stewards steward them.
        using: the alias of the owner's connection, if it is not the configured one.

    Raises:
        NotTheOwner: the role may not begin a registry.
        pack.UnsoundPack: a definition is not what its kind holds.
        first.NotAPerson: somebody is named in a way that names nobody, or no role.
    """
    alias = using or first.owners_alias()
    try:
        with transaction.atomic(using=alias):
            _wait_for_others(alias)
            if Version.objects.using(alias).exists():
                return None
            _make_domains(alias)
            found = [*_definitions(alias), *first.definitions(people, using=alias)]
            return _enter(found, alias, at)
    except ProgrammingError as error:
        if not isinstance(error.__cause__, psycopg.errors.InsufficientPrivilege):
            raise
        role = connections[alias].settings_dict["USER"]
        raise NotTheOwner(
            f"{role} may not begin the registry: only the role that owns the tables "
            f"does. Set DATABASE_OWNER_URL for this command alone."
        ) from error


def _wait_for_others(alias: str) -> None:
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(hashtextextended('governance begins', 42))"
        )


def _definitions(alias: str) -> list[Operation]:
    ours = pack.definitions()
    fields = {each.key: each.domain_id for each in ours if each.kind == Kind.FIELD}
    in_use = {Kind.CHANNEL, Kind.CAMPAIGN_RULE}
    found = [
        *(each for each in ours if each.kind not in in_use),
        *registered.taxonomy(ours, using=alias),
        *registered.sources(fields=fields, using=alias),
    ]
    pack.refuse_unsound(found)
    return found


def _make_domains(alias: str) -> None:
    areas = pack.areas()
    names = [name for area in areas for name in (area.owners, area.stewards)]
    Group.objects.using(alias).bulk_create(
        [Group(name=name) for name in names], ignore_conflicts=True
    )
    groups = {
        group.name: group for group in Group.objects.using(alias).filter(name__in=names)
    }
    # A domain the house has made already keeps its own groups.
    Domain.objects.using(alias).bulk_create(
        [
            Domain(
                key=area.key,
                name=area.name,
                owners=groups[area.owners],
                stewards=groups[area.stewards],
            )
            for area in areas
        ],
        ignore_conflicts=True,
    )


def _enter(found: list[Operation], alias: str, at: datetime) -> Begun:
    request = ChangeRequest.objects.using(alias).create(
        title=_TITLE,
        reason=_REASON,
        risk=ChangeRequest.Risk.HIGH,
        made_at=at,
        expires_at=at,
        is_bootstrap=True,
    )
    revision = _write_down(request, found, alias, at)
    Application.objects.using(alias).create(
        request=request, revision=revision, digest=revision.digest, at=at
    )
    Version.objects.using(alias).bulk_create(each.taking_effect(at) for each in found)
    request.state = ChangeRequest.State.APPLIED
    request.save(using=alias, update_fields=["state"])
    counted = Counter(each.get_kind_display() for each in found)
    return Begun(request.pk, len({each.domain_id for each in found}), dict(counted))


def _write_down(
    request: ChangeRequest, found: list[Operation], alias: str, at: datetime
) -> Revision:
    revision = Revision.objects.using(alias).create(
        request=request, number=request.revision, made_at=at
    )
    for position, each in enumerate(found):
        each.revision, each.position = revision, position
    Operation.objects.using(alias).bulk_create(found)
    # PostgreSQL fills the digest in, of what it has kept.
    Revision.objects.using(alias).filter(pk=revision.pk).update(digest="")
    revision.refresh_from_db(using=alias)
    return revision
