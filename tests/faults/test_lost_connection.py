"""A page whose connection is cut while it copies rows in: the night is not at fault."""

from typing import Any

import psycopg
import pytest
from celery import shared_task
from django.db import OperationalError, connection
from django.utils import timezone

from measurement import night as nights
from measurement.models import Night
from tests import databases

COPIES = [(1, "tests.copies_and_is_cut_off", "Rows")]


@shared_task(name="tests.copies_and_is_cut_off")
def copies_and_is_cut_off(*, step_id: int) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("create temp table copied (word text) on commit drop")
        with cursor.copy("copy copied from stdin") as copy:
            cut_off(connection.connection.info.backend_pid)
            copy.write("word\n" * 100_000)
    return {}


def cut_off(backend: int) -> None:
    with psycopg.connect(databases.url(), autocommit=True) as other:
        other.execute("select pg_terminate_backend(%s, 5000)", [backend])


def test_a_night_stays_to_be_gone_on_with_when_its_connection_is_cut(own_database):
    night = nights.start(at=timezone.now(), plan=COPIES)

    with pytest.raises(OperationalError):
        nights.advance(night_id=night.pk, at=timezone.now(), clock=timezone.now)

    night.refresh_from_db()
    assert night.state == Night.State.RUNNING
