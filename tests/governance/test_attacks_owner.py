"""What the triggers refuse even to the role that owns the tables, unless it disables them."""

from django.db import DatabaseError, connections, transaction

from tests import make
from tests.governance import requests

OWNERS = {
    "update governance_version set body = '{}'":
        "A version is kept as it was written; a new one ends it.",
    "update governance_version set valid_during = tstzrange(lower(valid_during), now())":
        "A version is kept as it was written; a new one ends it.",
    "delete from governance_version":
        "governance_version is kept as it was written: no delete of it is possible.",
    "truncate governance_version cascade":
        "governance_version is kept as it was written: no truncate of it is possible.",
    "update governance_operation set body = '{}'":
        "governance_operation is kept as it was written: no update of it is possible.",
    "delete from governance_decision":
        "governance_decision is kept as it was written: no delete of it is possible.",
    "update governance_changerequest set requested_by_id = null":
        "Who asked, when and for what is kept as it was written.",
    "delete from governance_changerequest":
        "governance_changerequest is kept as it was written: no delete of it is possible.",
    "update governance_revision set digest = 'x'":
        "Revision 1 of request 1 is written down already.",
    "delete from governance_contributor":
        "governance_contributor is kept as it was written: no delete of it is possible.",
    "delete from governance_governanceevent":
        "governance_governanceevent is kept as it was written: no delete of it is possible.",
    "insert into governance_version (kind, key, number, domain_id, state, successor, body,"
    " digest, valid_during, operation_id) select kind, key, 9, domain_id, state, successor,"
    " '{}', digest, tstzrange(now(), null), operation_id from governance_version":
        "Request 1 cannot be applied: it is applied, and not approved.",
    "insert into governance_changerequest (title, reason, state, risk, made_at, cycle,"
    " revision, expires_at, is_bootstrap, note) values ('t', 'r', 'draft', 'low', now(), 0,"
    " 1, now(), true, '')":
        "The registry begins once, and only its owner begins it.",
    "delete from governance_user":
        "governance_user is kept as it was written: no delete of it is possible.",
}  # fmt: skip


def test_the_owner_of_the_tables_is_refused_the_same(own_database):
    domain = make.domain("customer")
    requests.applied(requests.kpi(domain), domain=domain)

    said = {statement: as_owner(statement) for statement in OWNERS}

    assert said == OWNERS


def as_owner(statement):
    try:
        with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError as error:
        return str(error).partition("\n")[0]
    return "done"
