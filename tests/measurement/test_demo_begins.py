"""``make demo``: the registries begin with what it registers, and stay governed."""

import os
from io import StringIO

import pytest
from django.db import connections

from governance import changes
from governance.models import Domain, SourceSystem, Version
from measurement.demo import SYSTEMS
from measurement.management.commands import demo
from tests import databases
from tests.governance import requests


@pytest.fixture(scope="module")
def beginning(django_db_setup, django_db_blocker):
    """The demo's first step done, in a database of its own; and all that it printed."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as environment:
        environment.setenv("DATABASE_OWNER_URL", "postgresql://owner@/plumbline")
        name = f"{connections['default'].settings_dict['NAME']}_demo"
        databases.copy(name)
        with databases.working_in(name):
            printed = StringIO()
            demo.Command(stdout=printed)._begin()
            yield printed.getvalue()
        databases.drop(name)


def test_every_source_of_the_demo_is_agreed_on_before_the_first_night(beginning):
    agreed = Version.objects.filter(kind="source").values_list("key", flat=True)

    assert set(agreed) == set(SYSTEMS)
    assert set(SourceSystem.objects.values_list("key", flat=True)) == set(SYSTEMS)
    assert "The registry begins with request" in beginning


def test_the_address_of_the_owner_is_given_away_once_the_registry_has_begun(beginning):
    assert "DATABASE_OWNER_URL" not in os.environ


def test_a_second_demo_leaves_what_was_agreed_on_since(beginning):
    said = Version.objects.get(kind="source", key="harbour_shop").body
    renamed = {**said, "name": "The shop we all know"}
    requests.applied(
        changes.Proposed("source", "harbour_shop", "orders", renamed),
        domain=Domain.objects.get(key="orders"),
    )

    demo.Command(stdout=StringIO())._begin()

    assert SourceSystem.objects.get(key="harbour_shop").name == "The shop we all know"
