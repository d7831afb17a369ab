"""Ways to write, change or borrow the log and the rights of its owner, each refused."""

import pytest
from django.conf import settings
from django.db import connections
from django.db.models import ProtectedError

from governance import changes
from governance.models import GovernanceEvent, Seal
from tests import make
from tests.governance import requests
from tests.governance.attacks import (
    decision_by_orm,
    refused,
    state_by_sql,
    typed,
)
from tests.governance.requests import AT

pytestmark = pytest.mark.django_db
OWNER = settings.DATABASES.get("owner", {}).get("USER", "")


@pytest.mark.parametrize(
    "statement",
    [
        "insert into governance_governanceevent (seq, at, actor, verb, object_type,"
        " object_key, reason, previous, hash) values (0, now(), 'me', '', '', '', '', '', '')",
        "update governance_governanceevent set actor = 'somebody else'",
        "delete from governance_governanceevent where seq > 3",
        "truncate governance_governanceevent",
        "merge into governance_governanceevent e using (select 1) s on true"
        " when matched then delete",
    ],
)
def test_the_log_is_written_by_its_owner_alone(domain, statement):
    with refused("permission denied for table governance_governanceevent"):
        typed(statement)


@pytest.mark.parametrize(
    "write",
    [
        lambda: GovernanceEvent.objects.create(seq=1, at=AT, actor="me", verb="did"),
        lambda: GovernanceEvent.objects.update(actor="somebody else"),
        lambda: GovernanceEvent.objects.all().delete(),
    ],
)
def test_the_log_is_not_written_through_the_orm(domain, write):
    with refused("permission denied for table governance_governanceevent"):
        write()


@pytest.mark.parametrize(
    "statement",
    [
        "update governance_seal set hash = ''",
        "delete from governance_seal",
        "truncate governance_seal",
    ],
)
def test_a_seal_is_not_broken(statement):
    Seal.objects.create(seq=1, hash="h", at=AT, signature="s")

    with refused("permission denied for table governance_seal"):
        typed(statement)


def test_an_event_is_not_appended_by_hand():
    with refused("permission denied for function governance_append"):
        typed("select governance_append(1, 'approve', 'x', 'x', 1, '', null, null)")


def test_a_trigger_of_ours_is_not_hung_on_a_table_of_theirs():
    """Else rows of a table of one's own would be logged as decisions somebody took."""
    typed("create temp table mine (like governance_decision)")

    with refused("permission denied for function governance_log_decision"):
        typed(
            "create trigger forged after insert on mine for each row"
            " execute function governance_log_decision()"
        )


def test_no_function_that_writes_may_be_called_by_everybody():
    open_to_all = typed(
        "select p.proname from pg_proc p where p.pronamespace = 'public'::regnamespace"
        " and p.proname like 'governance\\_%%'"
        " and (p.prorettype = 'trigger'::regtype or p.proname = 'governance_append')"
        " and has_function_privilege(current_user, p.oid, 'execute')"
    )

    assert open_to_all == []


def test_every_function_that_runs_as_the_owner_looks_in_our_tables_only():
    loose = typed(
        "select p.proname from pg_proc p where p.pronamespace = 'public'::regnamespace"
        " and p.prosecdef and not coalesce("
        "p.proconfig @> array['search_path=public, pg_temp'], false)"
    )

    assert loose == []


SHADOWED = [
    "governance_decision", "governance_contributor", "governance_user_groups",
    "governance_operation", "governance_revision", "governance_domain", "governance_user",
]  # fmt: skip


@pytest.mark.parametrize("table", SHADOWED)
def test_a_temporary_table_does_not_stand_in_for_ours(domain, table):
    """It comes first in everybody's search path; the rules look past it."""
    asker = make.domain_steward(domain)
    request = requests.in_review(requests.kpi(domain), by=asker)
    owners = [make.owner(domain), make.owner(domain)]
    decision_by_orm(request, owners[0])
    typed(f"create temp table {table} as select * from {table}")
    if table == "governance_decision":
        typed(
            f"insert into pg_temp.{table} select 99, digest, cycle, verdict, via, comment,"
            f" at, %s, request_id, requested_by_id, revision_id from {table}",
            owners[1].pk,
        )

    with refused(
        f"Request {request.pk} cannot be approved: it needs 2 approval(s) and has 1."
    ):
        state_by_sql(request, state="approved")


def test_an_operation_is_not_slipped_in_behind_a_temporary_revision(domain):
    request = requests.in_review(requests.kpi(domain), by=make.domain_steward(domain))
    revision = changes.current_revision(request)
    typed(
        "create temp table governance_revision as select id, ''::text as digest"
        " from public.governance_revision"
    )

    with refused("The revision is written down already: nothing can be added."):
        typed(
            "insert into governance_operation (revision_id, position, kind, key,"
            " domain_id, state, successor, body, digest)"
            " values (%s, 1, 'kpi', 'mine', 'customer', 'active', '', '{}', '')",
            revision.pk,
        )


def test_our_tables_are_not_shadowed_in_the_open(domain):
    with refused("permission denied for schema public"):
        typed("create table public.mine (id int)")


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        (f"set role {OWNER}", f'permission denied to set role "{OWNER}"'),
        (
            f"set session authorization {OWNER}",
            f'permission denied to set session authorization "{OWNER}"',
        ),
        (
            "set session_replication_role = replica",
            'permission denied to set parameter "session_replication_role"',
        ),
        (
            "alter table governance_version disable trigger all",
            "must be owner of table governance_version",
        ),
        (
            "alter table governance_governanceevent disable trigger user",
            "must be owner of table governance_governanceevent",
        ),
        (
            "drop trigger versions_pass_the_gate on governance_version",
            "must be owner of relation governance_version",
        ),
        (
            "alter table governance_decision drop constraint nobody_approves_their_own",
            "must be owner of table governance_decision",
        ),
        (
            "create or replace function governance_missing(wanted bigint) returns text"
            " language sql as $$ select null $$",
            "permission denied for schema public",
        ),
        (
            "create rule mine as on insert to governance_decision do instead nothing",
            "must be owner of table governance_decision",
        ),
        ("drop table governance_version", "must be owner of table governance_version"),
        (
            "select setval('governance_version_id_seq', 1)",
            "permission denied for sequence governance_version_id_seq",
        ),
    ],
)  # fmt: skip
def test_the_app_does_not_become_another_or_take_the_rules_away(statement, sentence):
    with refused(sentence):
        typed(statement)


def test_an_actor_that_is_none_writes_nothing(domain):
    with refused('invalid input syntax for type bigint: "owner"'):
        typed("select set_config('plumbline.actor', 'owner', true)")
        make.user()


def test_an_actor_nobody_knows_is_logged_as_the_role_that_wrote():
    somebody = make.user()
    typed("select set_config('plumbline.actor', '404', true)")

    make.seated(somebody, "auditor")

    last = GovernanceEvent.objects.first()
    role = connections["default"].settings_dict["USER"]
    assert (last.actor_id, last.actor) == (404, role)


@pytest.mark.parametrize("write", ["requested", "decided", "wrote"])
def test_a_row_that_names_its_author_is_logged_under_that_name(domain, write):
    """Whoever borrows a name for the session does not lend it to what others signed."""
    asker, owner, borrowed = (
        make.domain_steward(domain),
        make.owner(domain),
        make.user(),
    )
    request = requests.in_review(requests.kpi(domain), by=asker)
    typed("select set_config('plumbline.actor', %s, true)", str(borrowed.pk))

    if write == "requested":
        type(request).objects.create(
            title="t", reason="r", requested_by=asker, made_at=AT, expires_at=AT
        )
    elif write == "decided":
        decision_by_orm(request, owner)
    else:
        revision = request.revisions.create(number=2, made_by=asker, made_at=AT)
        revision.operations.create(
            position=0, kind="kpi", key="k", domain=domain, body={}
        )
        revision.save()

    said = GovernanceEvent.objects.first()
    expected = owner if write == "decided" else asker
    assert (said.actor_id, said.actor) == (expected.pk, expected.username)


def test_who_decided_is_not_deleted(domain):
    request = requests.applied(requests.kpi(domain), domain=domain)

    with pytest.raises(ProtectedError):
        request.requested_by.delete()
    with refused("permission denied for table governance_user"):
        typed("delete from governance_user where id = %s", make.user().pk)


def test_a_name_that_changes_leaves_the_log_as_it_was(domain):
    owner = make.owner(domain)
    request = requests.in_review(requests.kpi(domain), by=make.domain_steward(domain))
    decision_by_orm(request, owner)
    before = owner.username

    type(owner).objects.filter(pk=owner.pk).update(username="nobody")

    said = GovernanceEvent.objects.get(verb="approve")
    last = GovernanceEvent.objects.first()
    assert (said.actor, last.old["username"], last.new["username"]) == (
        before, before, "nobody",
    )  # fmt: skip


def test_the_triggers_still_write_what_the_app_may_not(domain):
    """Nobody may call what appends to the log; it is called all the same."""
    before = GovernanceEvent.objects.count()

    requests.applied(requests.kpi(domain), domain=domain)

    verbs = GovernanceEvent.objects.filter(request__isnull=False).values_list("verb")
    assert GovernanceEvent.objects.count() > before
    assert verbs.count() == 9
