"""What every test stands on: a real PostgreSQL, entered as the app's role."""

import os
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connections
from django.test import override_settings

from governance.models import User
from tests import databases, make


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_blocker: pytest.FixtureRequest, worker_id: str
) -> Iterator[None]:
    name = f"test_{os.getpid()}_{worker_id}"
    with django_db_blocker.unblock():
        before = connections["default"].settings_dict["NAME"]
        databases.copy(name)
        databases.point_to(name)
    yield
    with django_db_blocker.unblock():
        databases.point_to(before)
        databases.drop(name)


@pytest.fixture(scope="session", autouse=True)
def static_files_as_they_lie(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[None]:
    """Pages name static files as they lie in the tree: nothing was collected here.

    What a demo may have collected is looked through by every browser a test opens, so
    it is put out of sight.
    """
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(
        STATIC_ROOT=tmp_path_factory.mktemp("collected"),
        STORAGES={**settings.STORAGES, "staticfiles": plain},
    ):
        yield


@pytest.fixture(scope="session", autouse=True)
def seals_of_our_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A log of the tests is sealed where no installation keeps its seals."""
    kept = tmp_path_factory.mktemp("sealed")
    with override_settings(SEALS=kept / "seals", SEAL_KEY=kept / "seal_key"):
        yield


@pytest.fixture
def admin_user(db: None) -> User:
    """A superuser, made as every one is: by the owner of the tables."""
    return make.superuser()


@pytest.fixture
def own_database(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: object
) -> Iterator[str]:
    """A database of the test's own, for what must really commit; gone afterwards."""
    name = f"test_{os.getpid()}_{abs(hash(request.node.nodeid)) % 10**8}"
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        databases.copy(name)
        with databases.working_in(name):
            yield name
        databases.drop(name)
