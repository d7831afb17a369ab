"""A request of many definitions is as dear to ask for as one of few."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance import changes
from tests import make
from tests.governance import requests
from tests.governance.requests import AT

pytestmark = pytest.mark.django_db


def test_putting_to_review_asks_the_database_as_often_for_many_as_for_one():
    domain = make.domain("customer")
    by = make.domain_steward(domain)
    by.has_perm("governance.add_changerequest")
    queries = []
    for keys in (["a"], [f"b{n}" for n in range(30)]):
        request = requests.draft(
            *(requests.field(domain, f"customer.{key}") for key in keys), by=by
        )
        with CaptureQueriesContext(connection) as asked:
            changes.submit(request_id=request.pk, by=by, at=AT)
        queries.append(len(asked))

    assert queries[0] == queries[1]
