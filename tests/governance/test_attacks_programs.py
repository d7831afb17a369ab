"""What a program's transaction writes below the API, and what the API has no words for."""

import ast
from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from governance import changes, people
from governance.api import urls
from governance.models import (
    ApiToken,
    Application,
    ChangeRequest,
    Decision,
    Domain,
    GovernanceEvent,
    User,
)
from tests import make
from tests.governance import requests
from tests.governance.attacks import (
    APPLICATION_WRITERS,
    DECISION_WRITERS,
    STATE_WRITERS,
    VERSION_WRITERS,
    operation_of,
    refused,
    typed,
)
from tests.governance.programs import (
    LIST,
    post,
    program,
    proposal,
    token,
)
from tests.governance.requests import AT, KPI, digest

pytestmark = pytest.mark.django_db
WRITES_NONE = (
    "A program asks for changes, and decides on nothing: no insert of {} by it."
)
ANOTHERS = "A program writes for whoever it acts for, and for nobody else."


@pytest.fixture
def asker(domain):
    return make.owner(domain)


@pytest.fixture
def owner(domain):
    return make.owner(domain)


@pytest.fixture
def request_(domain, asker):
    return requests.in_review(requests.kpi(domain), by=asker)


@pytest.fixture
def as_program():
    """Do something as a program does: the transaction says so."""

    def act(user: User) -> None:
        people.acting(user)
        typed("select set_config('plumbline.via', 'api', true)")

    return act


def undecided(request: ChangeRequest) -> bool:
    request.refresh_from_db()
    return request.state == "in_review" and not request.decisions.exists()


# In the words of the API itself.


def doors() -> list[type]:
    return [each.callback.cls for each in urls.urlpatterns]


def test_every_address_needs_one_of_two_scopes_and_there_is_no_third():
    needed = {
        need.scope for door in doors() for need in getattr(door, "needs", {}).values()
    }
    silent = [door.__name__ for door in doors() if not door.needs]

    assert needed == set(ApiToken.Scope) == {"read", "propose"}
    assert silent == ["Nothing"]


def test_what_writes_needs_a_token_that_proposes():
    writing = {
        need.scope for door in doors() for method, need in door.needs.items()
        if method != "GET"
    }  # fmt: skip

    assert writing == {"propose"}


def test_the_api_calls_no_verb_that_decides():
    folder = Path(urls.__file__).parent
    called = {
        node.attr
        for path in folder.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "changes"
    }
    imported = {
        node.module
        for path in folder.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom)
    }

    assert {each for each in called if each.islower()} == {
        "propose", "revise", "submit", "comment", "current_revision",
    }  # fmt: skip
    assert not {each for each in imported if each and "governance.changes" in each}


# Below the application: what a program's transaction writes.


@pytest.mark.parametrize("write", DECISION_WRITERS)
def test_a_decision(as_program, request_, owner, write):
    as_program(owner)

    for verdict in ("approve", "reject", "request_changes", "override"):
        with refused(WRITES_NONE.format("governance_decision")):
            write(request_, owner, verdict=verdict, comment="Why.")


@pytest.mark.parametrize("write", DECISION_WRITERS)
def test_one_that_says_it_came_by_a_page(as_program, request_, owner, write):
    as_program(owner)

    with refused(WRITES_NONE.format("governance_decision")):
        write(request_, owner, via="page")


@pytest.mark.parametrize(
    "verb", [changes.approve, changes.reject, changes.request_changes]
)
def test_the_verbs_themselves(as_program, request_, owner, verb):
    as_program(owner)

    with refused(WRITES_NONE.format("governance_decision")):
        verb(
            request_id=request_.pk, digest=digest(request_), by=owner, at=AT,
            comment="Yes.",
        )  # fmt: skip


def test_breaking_the_glass(as_program, request_, owner):
    as_program(owner)

    with refused(
        f"A program asks for changes, and decides on nothing: request {request_.pk} "
        f"cannot be in_review by it."
    ):
        changes.override(
            request_id=request_.pk, digest=digest(request_), by=owner, at=AT,
            reason="The shop is down.",
        )  # fmt: skip


@pytest.fixture
def approved(domain, asker):
    return requests.approved(
        requests.kpi(domain), by=asker, approvers=[make.owner(domain) for _ in "ab"]
    )


@pytest.mark.parametrize("write", APPLICATION_WRITERS)
def test_an_application(as_program, approved, asker, write):
    as_program(asker)

    with refused(WRITES_NONE.format("governance_application")):
        write(approved, asker)


def test_applying_what_was_approved(as_program, approved, asker):
    as_program(asker)

    with refused(WRITES_NONE.format("governance_application")):
        changes.apply(request_id=approved.pk, digest=digest(approved), by=asker, at=AT)
    assert not Application.objects.exists()


@pytest.mark.parametrize("write", VERSION_WRITERS)
def test_a_version(as_program, approved, asker, write):
    as_program(asker)

    with refused(WRITES_NONE.format("governance_version")):
        write(operation_of(approved))


@pytest.mark.parametrize("write", STATE_WRITERS)
def test_a_state_of_ones_own_request(as_program, request_, asker, write):
    as_program(asker)

    for state in ("approved", "scheduled", "rejected", "withdrawn"):
        with refused(
            f"A program asks for changes, and decides on nothing: request {request_.pk} "
            f"cannot be {state} by it."
        ):
            write(request_, state=state)


@pytest.mark.parametrize("write", STATE_WRITERS)
def test_anything_of_anothers_request(as_program, request_, owner, write):
    as_program(owner)

    with refused(ANOTHERS):
        write(request_, note="Mine now.")


def test_a_request_in_anothers_name(as_program, owner, asker, domain):
    as_program(owner)

    with refused(ANOTHERS):
        ChangeRequest.objects.create(
            title="Theirs", reason="Why.", requested_by=asker, made_at=AT, expires_at=AT
        )


def test_a_revision_of_anothers_request(as_program, owner, asker, domain):
    draft = requests.draft(requests.kpi(domain), by=asker)
    as_program(owner)

    with refused(ANOTHERS):
        typed(
            "insert into governance_revision (request_id, number, made_by_id, made_at, "
            "digest) values (%s, 2, %s, now(), '')",
            draft.pk,
            owner.pk,
        )


def test_a_right_of_anybody(as_program, owner, domain):
    as_program(owner)
    ways = {
        "insert of governance_user_groups": lambda: owner.groups.add(
            Group.objects.get(name="admin")
        ),
        "update of governance_user": lambda: User.objects.update(is_superuser=True),
        "insert of auth_group": lambda: Group.objects.create(name="ours"),
        "delete of auth_group_permissions": lambda: typed(
            "delete from auth_group_permissions"
        ),
        "delete of governance_user_user_permissions": lambda: typed(
            "delete from governance_user_user_permissions"
        ),
        "update of governance_domain": lambda: Domain.objects.update(name="Ours"),
    }

    for what, do in ways.items():
        with refused(
            f"A program asks for changes, and decides on nothing: no {what} by it."
        ):
            do()


def test_another_token(as_program, owner):
    as_program(owner)

    with refused(WRITES_NONE.format("governance_apitoken")):
        token(owner)


def test_taking_back_a_token(as_program, owner):
    token(owner)
    as_program(owner)

    with refused("A program revokes no token."):
        typed("update governance_apitoken set revoked_at = now()")


def test_every_table_of_decisions_and_rights_asks_whether_a_program_writes_it():
    guarded = {
        table for (table,) in typed(
            "select relname from pg_trigger t join pg_class c on c.oid = tgrelid where "
            "tgname = 'no_program_does_this' and tgenabled = 'O'"
        )
    }  # fmt: skip
    deciding = {Decision, Application, User, User.groups.through, Domain, ApiToken}
    deciding |= {User.user_permissions.through, Group, Group.permissions.through}

    assert {model._meta.db_table for model in deciding} - guarded == set()


def test_a_program_is_one_until_its_part_of_the_transaction_ends(owner, request_):
    program(owner).get(LIST)

    assert typed("select current_setting('plumbline.via', true)") == [("",)]


def test_the_door_says_that_a_program_acts_however_it_is_known(owner, monkeypatch):
    seen = []
    monkeypatch.setattr(
        "governance.api.state.trust",
        lambda: seen.append(typed("select current_setting('plumbline.via', true)")),
    )
    auditor = make.user(role="auditor")
    signed_in = Client()
    signed_in.force_login(auditor)

    for client in (program(auditor, "read"), signed_in):
        client.get("/api/v1/log")

    assert seen == [[("api",)]] * 2


def test_the_log_says_that_a_program_asked_and_in_whose_name(owner, domain):
    operation = {"kind": "kpi", "key": "ltv_90", "domain": domain.key, "body": KPI}
    client = program(owner)
    made = post(client, LIST, proposal(operation)).json()["id"]
    post(client, f"{LIST}/{made}/submission", {})
    changes.recall(request_id=made, by=owner)

    events = GovernanceEvent.objects.filter(object_type="request", request=made)
    found = [(each.actor, each.verb, each.new.get("via")) for each in events]
    assert found[::-1] == [
        (owner.username, "opened", "api"),
        (owner.username, "in_review", "api"),
        (owner.username, "draft", None),
    ]
