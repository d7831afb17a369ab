"""A registry that moves and leaves what is read of it behind."""

import pytest
from django.db import transaction

from governance import changes
from governance.models import Channel, Domain, Version
from tests import make
from tests.governance import requests
from tests.governance.attacks import (
    application_by_orm,
    operation_of,
    refused,
    state_by_sql,
    version_by_sql,
)
from tests.governance.requests import AT, digest
from tests.governance.test_agreed_rows import begin_with_what_is_there


@pytest.fixture
def renamed(own_database):
    """An approved request that gives the first channel another name."""
    begin_with_what_is_there()
    domain = Domain.objects.get()
    held = Version.objects.current().filter(kind="channel").earliest("key")
    asked = changes.Proposed(
        "channel",
        held.key,
        domain.key,
        {**held.body, "name": "Another", "meaning": "x"},
    )
    return requests.approved(
        asked, by=make.domain_steward(domain), approvers=[make.owner(domain)]
    )


def test_a_request_applied_by_hand_does_not_leave_the_row_behind(renamed):
    operation = operation_of(renamed)

    with (
        refused(
            f"The channel {operation.key} is not what was agreed: "
            f'{{"name": "{Channel.objects.get(key=operation.key).name}", '
            f'"position": {operation.body["position"]}}}.'
        ),
        transaction.atomic(),
    ):
        application_by_orm(renamed, renamed.requested_by)
        version_by_sql(operation)
        state_by_sql(renamed, state="applied")


def test_a_request_that_is_applied_moves_it(renamed):
    changes.apply(
        request_id=renamed.pk, digest=digest(renamed), by=renamed.requested_by, at=AT
    )

    assert Channel.objects.get(key=operation_of(renamed).key).name == "Another"
