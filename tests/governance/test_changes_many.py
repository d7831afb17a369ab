"""A request of many definitions, such as an import makes: asked for and read."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance import changes
from tests import make
from tests.governance import requests
from tests.governance.pages import as_, seen
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


def test_its_definitions_are_shown_page_by_page():
    domain = make.domain("customer")
    by = make.domain_steward(domain)
    keys = [f"customer.c{n:03}" for n in range(120)]
    request = requests.draft(*(requests.field(domain, key) for key in keys), by=by)
    address = f"/changes/{request.pk}/"

    shown = [
        re.findall(
            r"Field <code>([\w.]+)</code>", as_(by).get(f"{address}?page={page}").text
        )
        for page in (1, 2, 3, "pigeon")
    ]

    assert shown == [keys[:50], keys[50:100], keys[100:], keys[:50]]
    assert "1–50 of 120 definitions" in seen(by, address)
