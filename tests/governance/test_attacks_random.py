"""Whatever anybody does in whatever order: nothing takes effect without its approvals."""

from dataclasses import dataclass, field

import pytest
from django.db import DatabaseError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from governance import changes
from governance.models import User, Version
from tests import make
from tests.governance import requests
from tests.governance.attacks import decision_by_sql, state_by_sql
from tests.governance.requests import AT, digest

PEOPLE = ("asker", "helper", "owner one", "owner two", "other owner", "viewer", "root")
VERBS = (
    "submit", "recall", "revise", "approve", "approve", "approve", "forge a decision",
    "reject", "apply", "force approved", "force applied", "leave", "come back",
)  # fmt: skip
STEPS = st.lists(
    st.tuples(st.sampled_from(VERBS), st.sampled_from(PEOPLE)), max_size=14
)


@dataclass
class Twin:
    """The rule in plain Python: two who own the domain, wrote none of it, and are here."""

    owners: frozenset[str] = frozenset({"helper", "owner one", "owner two", "root"})
    wrote: set[str] = field(default_factory=lambda: {"asker"})
    gone: set[str] = field(default_factory=set)
    yes: set[str] = field(default_factory=set)

    def is_approved(self) -> bool:
        return len((self.yes & self.owners) - self.wrote - self.gone - {"root"}) >= 2


class Office:
    """A request, the people around it, and what they try; refusals are let go."""

    def __init__(self):
        domain = make.domain()
        self.domain = domain
        self.people = {
            "asker": make.domain_steward(domain),
            **{name: make.owner(domain) for name in PEOPLE[1:4]},
            "other owner": make.owner(make.domain()),
            "viewer": make.user(),
            "root": make.owner(domain),
        }
        make.superuser(self.people["root"])
        for each in self.people.values():
            each.refresh_from_db()
        self.request = requests.draft(requests.kpi(domain), by=self.people["asker"])
        self.twin = Twin()
        self.edits = 0

    def step(self, verb, name):
        try:
            with transaction.atomic():
                self._do(verb, self.people[name], name)
        except (changes.ChangeError, DatabaseError):
            pass
        self.request.refresh_from_db()

    def _do(self, verb, by, name):
        asked = {"request_id": self.request.pk, "by": by}
        if verb == "submit":
            changes.submit(**asked, at=AT)
            self.twin.yes = set()
        elif verb == "recall":
            changes.recall(**asked)
        elif verb == "revise":
            self.edits += 1
            said = requests.kpi(self.domain, min_n=self.edits)
            changes.revise(**asked, operations=[said], at=AT)
            self.twin.wrote.add(name)
            self.twin.yes = set()
        elif verb == "approve":
            changes.approve(**asked, digest=digest(self.request), at=AT)
            self.twin.yes.add(name)
        elif verb == "forge a decision":
            decision_by_sql(self.request, by)
            self.twin.yes.add(name)
        elif verb == "reject":
            changes.reject(**asked, digest=digest(self.request), at=AT, comment="No.")
        elif verb == "apply":
            changes.apply(**asked, digest=digest(self.request), at=AT)
        elif verb.startswith("force"):
            state_by_sql(self.request, state=verb.removeprefix("force "))
        else:
            stays = verb == "come back"
            User.objects.filter(pk=by.pk).update(is_active=stays)
            by.refresh_from_db()
            (self.twin.gone.discard if stays else self.twin.gone.add)(name)


@pytest.mark.django_db
@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(STEPS)
def test_nothing_takes_effect_without_its_approvals(steps):
    with transaction.atomic():
        office = Office()
        was = office.request.state

        for verb, name in [("submit", "asker"), *steps]:
            may = office.twin.is_approved()
            office.step(verb, name)
            now = office.request.state
            if now == "approved" != was:
                assert office.twin.is_approved()
            if now == "applied" != was:
                assert may
            was = now

        assert Version.objects.exists() == (was == "applied")
        transaction.set_rollback(True)
