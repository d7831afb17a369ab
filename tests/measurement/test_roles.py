"""What the app's role may do to the database, and what it may not."""

import psycopg
import pytest
from django.db import ProgrammingError, connection

from measurement.models import ExchangeRate


@pytest.mark.django_db
def test_the_app_reads_and_writes_rows():
    ExchangeRate.objects.create(
        on="2026-01-05",
        base="EUR",
        quote="USD",
        rate="1.1",
        published_on="2026-01-05",
        publisher="ECB",
    )

    assert ExchangeRate.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "drop table measurement_order",
        "truncate measurement_order",
        "alter table measurement_order add column note text",
        "create table measurement_extra (id bigint)",
        "set role plumbline_owner",
        "set role postgres",
    ],
)
def test_the_app_changes_no_table_and_becomes_nobody_else(statement):
    with pytest.raises(ProgrammingError), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["postgres", "plumbline_owner", "plumbline_auditor"])
def test_nobody_signs_in_without_the_password_of_the_role(role):
    described = connection.settings_dict

    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(
            user=role,
            password="a guess",
            host=described["HOST"],
            dbname=described["NAME"],
        )
