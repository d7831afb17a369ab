"""Ask for what a mapping file says, where the registry has begun."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.db import transaction

from governance import changes, kinds
from governance.changes import Proposed
from governance.models import ChangeRequest, Kind, Operation, State, User, Version
from governance.starter.registered import sources
from measurement import registry


class NothingNew(Exception):
    """The file says what was agreed already."""


def propose(
    path: Path, *, reason: str, by: User, at: datetime
) -> tuple[ChangeRequest, int]:
    """Open a request for what the file says otherwise than what is in force.

    Nothing is registered: the file is read into the tables and taken out again.

    Returns:
        The request, a draft, and how many definitions it asks for.

    Raises:
        NothingNew: the file says what was agreed already.
        RegistryError: the file cannot be registered.
        ChangeError: what it says is refused as a proposal.
    """
    wanted = _said_by(path)
    if not wanted:
        raise NothingNew(f"{path.name} says what was agreed already.")
    request = changes.propose(
        title=f"Sources as {path.name} describes them",
        reason=reason,
        operations=wanted,
        by=by,
        at=at,
    )
    return request, len(wanted)


def _said_by(path: Path) -> list[Proposed]:
    fields = {
        each.key: each.domain_id
        for each in Version.objects.current().filter(kind=Kind.FIELD)
    }
    with transaction.atomic():
        system = registry.enter(path).system
        said = [
            each
            for each in sources(fields=fields, using="default")
            if _is_of(each, system.key, system.storefront.key)
        ]
        wanted = list(_differing(said, system.key))
        transaction.set_rollback(True)
    return wanted


def _differing(said: list[Operation], system: str) -> Iterator[Proposed]:
    held = {
        (each.kind, each.key): each
        for each in Version.objects.current().filter(
            kind__in=[Kind.STOREFRONT, Kind.SOURCE, Kind.STREAM, Kind.MAPPING]
        )
    }
    for each in said:
        version = held.pop((each.kind, each.key), None)
        if version is None:
            yield Proposed(each.kind, each.key, each.domain_id, each.body)
        elif version.state != State.ACTIVE or version.body != kinds.normal(
            each.kind, each.body
        ):
            yield Proposed(each.kind, each.key, version.domain_id, each.body)
    for version in held.values():
        gone = version.kind == Kind.MAPPING and version.state != State.RETIRED
        if gone and version.key.startswith(f"{system}/"):
            yield Proposed(
                version.kind, version.key, version.domain_id, version.body,
                state=State.RETIRED,
            )  # fmt: skip


def _is_of(said: Operation, system: str, storefront: str) -> bool:
    if said.kind == Kind.STOREFRONT:
        return said.key == storefront
    return said.key == system or said.key.startswith(f"{system}/")
