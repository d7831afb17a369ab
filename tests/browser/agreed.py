"""Definitions to look at: what an installation begins with, and what became of some."""

from typing import Any

from django.contrib.auth.models import Group

from governance import changes
from governance.models import ChangeRequest, User, Version
from governance.starter import beginning
from reporting import annotations
from reporting.models import Build
from tests import make, published
from tests.governance import requests


def agreed() -> None:
    """Let the registry have begun; then a field and a KPI change, and one more is asked for."""
    beginning.begin(at=published.AT)
    before = annotations.versions()
    _changed(
        "field",
        "customer.email",
        meaning="Where a customer reads mail, as the owning system last confirmed it. Two "
        "records with the same address and the same first name are taken for one person.",
    )
    _changed("field", "customer.email", synonyms=["e-mail address", "mail", "inbox"])
    _changed("kpi", "ltv_90", min_n=30, unit="reporting currency, net of refunds")
    _changed("kpi", "cohort_value", comparison="reset", min_n=40)
    _asked("kpi", "ltv_90", window_days=120)
    _published(before)


def _published(before: annotations.Versions) -> None:
    """Let what is up have gone up after those changes, so that its charts are marked."""
    build = Build.objects.get(state=Build.State.PUBLISHED)
    build.versions = annotations.versions()
    build.save()
    annotations.write(build=build, before=Build(versions=before))


def _changed(kind: str, key: str, **said: Any) -> None:
    request = _asked(kind, key, **said)
    held = Version.objects.current().get(kind=kind, key=key)
    for first, last in (("Olga", "Brandt"), ("Henrik", "Vale")):
        if request.state == ChangeRequest.State.IN_REVIEW:
            owner = _named(held.domain.owners, "data_owner", first, last)
            changes.approve(
                request_id=request.pk,
                digest=requests.digest(request),
                by=owner,
                at=published.AT,
            )
            request.refresh_from_db()
    assert request.requested_by is not None
    changes.apply(
        request_id=request.pk,
        digest=requests.digest(request),
        by=request.requested_by,
        at=published.AT,
    )


def _asked(kind: str, key: str, **said: Any) -> ChangeRequest:
    held = Version.objects.current().get(kind=kind, key=key)
    proposed = changes.Proposed(kind, key, held.domain.key, {**held.body, **said})
    steward = _named(held.domain.stewards, "steward", "Sami", "Kaya")
    request = changes.propose(
        title=f"Say more exactly what {held.body['name']} is",
        reason="Two teams read it differently in the quarterly review.",
        operations=[proposed],
        by=steward,
        at=published.AT,
    )
    return requests.as_measured(
        changes.submit(request_id=request.pk, by=steward, at=published.AT)
    )


def _named(group: Group, role: str, first: str, last: str) -> User:
    """Return the one of that name in the group: a newcomer, the first time."""
    known = group.user_set.filter(first_name=first, last_name=last).first()
    if known is None:
        known = make.user(role=role)
        known.first_name, known.last_name = first, last
        known.save()
        make.seated(known, role, group)
    return known
