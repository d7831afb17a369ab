"""What somebody types who wants round the rules, and the sentence they are refused with."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections, transaction
from psycopg import sql
from psycopg.types.json import Jsonb

from governance import changes
from governance.models import (
    Application,
    ChangeRequest,
    Decision,
    Operation,
    Revision,
    User,
    Version,
)
from tests.governance.requests import AT


@contextlib.contextmanager
def refused(sentence: str, *, using: str = "default") -> Iterator[None]:
    """Expect that PostgreSQL refuses what is done here, in these words."""
    with pytest.raises(DatabaseError) as said, transaction.atomic(using=using):
        yield
    assert str(said.value).partition("\n")[0] == sentence


def typed(statement: str, *values: Any, using: str = "default") -> list[Any]:
    """Run what was typed, and return the rows it gave."""
    with connections[using].cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def commit() -> None:
    """Have PostgreSQL look at what it would look at before it commits."""
    connection.check_constraints()


def operation_of(request: ChangeRequest) -> Operation:
    return changes.current_revision(request).operations.get()


def _row(operation: Operation, said: dict[str, Any]) -> dict[str, Any]:
    return {
        "kind": operation.kind, "key": operation.key, "number": 1,
        "domain_id": operation.domain_id, "state": operation.state,
        "successor": operation.successor, "body": operation.body,
        "valid_during": (AT, None), "operation_id": operation.pk,
    } | said  # fmt: skip


def version_by_orm(operation: Operation, **said: Any) -> None:
    Version.objects.create(**_row(operation, said))


def versions_by_bulk(operation: Operation, **said: Any) -> None:
    Version.objects.bulk_create([Version(**_row(operation, said))])


def version_by_sql(operation: Operation, **said: Any) -> None:
    row = {**_row(operation, said), "digest": "", "valid_during": f"[{AT},)"}
    row["body"] = Jsonb(row["body"])
    _insert("governance_version", row)


VERSION_WRITERS = [version_by_orm, versions_by_bulk, version_by_sql]


def decision_by_orm(request: ChangeRequest, by: User, **said: Any) -> None:
    Decision.objects.create(**_decision(request, by, said))


def decision_by_sql(request: ChangeRequest, by: User, **said: Any) -> None:
    _insert("governance_decision", {"comment": "", **_decision(request, by, said)})


DECISION_WRITERS = [decision_by_orm, decision_by_sql]


def application_by_orm(request: ChangeRequest, by: User, **said: Any) -> None:
    Application.objects.create(**_application(request, by, said))


def application_by_sql(request: ChangeRequest, by: User, **said: Any) -> None:
    _insert("governance_application", _application(request, by, said))


APPLICATION_WRITERS = [application_by_orm, application_by_sql]


def state_by_orm(request: ChangeRequest, **said: Any) -> None:
    ChangeRequest.objects.filter(pk=request.pk).update(**said)


def state_by_save(request: ChangeRequest, **said: Any) -> None:
    found = ChangeRequest.objects.get(pk=request.pk)
    for name, value in said.items():
        setattr(found, name, value)
    found.save()


def state_by_sql(request: ChangeRequest, **said: Any) -> None:
    settings = ", ".join(f"{name} = %s" for name in said)
    typed(
        f"update governance_changerequest set {settings} where id = %s",
        *said.values(),
        request.pk,
    )


STATE_WRITERS = [state_by_orm, state_by_save, state_by_sql]


def at_once(*calls: Callable[[], Any]) -> list[str]:
    """Make the calls at the same moment, each on its own connection; say what came of each."""
    gate = threading.Barrier(len(calls))
    said = [""] * len(calls)

    def run(number: int, call: Callable[[], Any]) -> None:
        gate.wait(timeout=10)
        try:
            said[number] = str(call() or "done")
        except (changes.ChangeError, DatabaseError) as error:
            said[number] = f"{type(error).__name__}: {error}".partition("\n")[0]
        finally:
            connection.close()

    threads = [
        threading.Thread(target=run, args=(number, call))
        for number, call in enumerate(calls)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    return said


def revision_of(request: ChangeRequest) -> Revision:
    return changes.current_revision(request)


def _decision(request: ChangeRequest, by: User, said: dict[str, Any]) -> dict[str, Any]:
    revision = revision_of(request)
    return {
        "request_id": request.pk, "revision_id": revision.pk, "digest": revision.digest,
        "cycle": request.cycle, "requested_by_id": request.requested_by_id,
        "by_id": by.pk, "verdict": "approve", "via": "page", "at": AT,
    } | said  # fmt: skip


def _application(
    request: ChangeRequest, by: User, said: dict[str, Any]
) -> dict[str, Any]:
    revision = revision_of(request)
    return {
        "request_id": request.pk, "revision_id": revision.pk,
        "digest": revision.digest, "by_id": by.pk, "at": AT,
    } | said  # fmt: skip


def _insert(table: str, row: dict[str, Any]) -> None:
    statement = sql.SQL("insert into {} ({}) values ({})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, row)),
        sql.SQL(", ").join(sql.Placeholder() * len(row)),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, list(row.values()))
