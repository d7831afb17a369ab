"""The app's role may not delete what rows of bulk tables point to without a check."""

from django.conf import settings
from django.db import migrations
from psycopg import sql

PARENTS = [
    "governance_sourcesystem",
    "measurement_exchangerate",
    "measurement_customerrecord",
    "measurement_product",
    "measurement_order",
]


def forbid(apps, schema_editor):
    _say(schema_editor, "revoke delete on {} from {}")


def allow(apps, schema_editor):
    _say(schema_editor, "grant delete on {} to {}")


def _say(schema_editor, statement):
    connection = schema_editor.connection
    app = settings.DATABASE_APP_ROLE
    if connection.settings_dict["USER"] == app:
        return
    with connection.cursor() as cursor:
        for table in PARENTS:
            cursor.execute(
                sql.SQL(statement).format(sql.Identifier(table), sql.Identifier(app))
            )


class Migration(migrations.Migration):
    dependencies = [("measurement", "0006_a_credit_is_no_purchase")]

    operations = [migrations.RunPython(forbid, allow)]
