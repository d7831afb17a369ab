"""Who says yes to what is as the database says it; and which rules it holds."""

import pytest

from governance import changes
from governance.changes import Proposed
from governance.kinds import KINDS
from governance.models import Kind
from governance.playbook import agreeing
from tests import make
from tests.governance import requests

pytestmark = pytest.mark.django_db

FILLED = {
    "text": "orders", "number": 1, "whole number": 1, "yes or no": False, "list": [],
    "table": {}, "rule": "id",
}  # fmt: skip


def new(kind: str, domain) -> Proposed:
    """Return some definition of the kind, with every part it needs."""
    body = {
        part.name: part.choices[-1] if part.choices else FILLED[part.type]
        for part in KINDS[kind]
        if part.is_needed
    }
    if kind == Kind.ATTRIBUTION:
        body |= {"formula": "first_touch", "parameters": {"primary": True}}
    return Proposed(kind, f"{kind}_of_ours", domain.key, body)


# Of these the apps above, or whoever grants rights, know what may be asked for.
KNOWN_ABOVE = (Kind.MAPPING, Kind.PERMISSION)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in KNOWN_ABOVE])
def test_what_the_playbook_says_of_a_kind_is_what_the_database_says(kind):
    domain = make.domain("orders")
    asked = new(kind, domain)

    request = requests.draft(asked, by=make.owner(domain))

    risk = changes.risk_of(changes.current_revision(request))
    assert agreeing.risk_of(kind) == risk


def test_words_of_a_field_weigh_as_little_as_the_database_says():
    domain = make.domain("orders")
    requests.applied(requests.field(domain), domain=domain)
    words = requests.draft(
        requests.field(domain, meaning="Where mail is read."), by=make.owner(domain)
    )
    more = requests.draft(
        requests.field(domain, sensitivity="none"), by=make.owner(domain)
    )

    said = [changes.risk_of(changes.current_revision(each)) for each in (words, more)]

    assert said == [agreeing.risk_of(Kind.FIELD, is_only_words=True), agreeing.risk_of(Kind.FIELD)]  # fmt: skip


def test_every_kind_is_said_yes_to_by_somebody_once():
    said = [what for each in agreeing.approvals() for what in each.what]

    assert sorted(said[1:]) == sorted(str(Kind(kind).label) for kind in KINDS)
    assert [each.risk for each in agreeing.approvals()] == ["Low", "Medium", "High"]


def test_the_rules_are_read_from_the_database_itself():
    held = {each.of: each.rules for each in agreeing.held_by_the_database()}

    assert "Nobody approves their own" in held["Decisions"]
    assert "Versions pass the gate" in held["Versions"]
    assert "Versions of a definition do not overlap" in held["Versions"]
    assert "Events are kept" in held["The log"]
    assert "Domains are signed for by their owners" in held["Signatures of reviews"]


def test_what_django_names_by_itself_is_no_rule():
    rules = [rule for each in agreeing.held_by_the_database() for rule in each.rules]

    assert [rule for rule in rules if rule.startswith("Governance") or rule.endswith(" fk")] == []  # fmt: skip
