"""Let the app's role read and write rows of every table, and own none of them."""

from django.conf import settings
from django.db import migrations
from psycopg import sql

GRANTS = [
    "grant usage on schema public to {app}",
    "grant select, insert, update, delete on all tables in schema public to {app}",
    "grant usage, select on all sequences in schema public to {app}",
    "alter default privileges in schema public"
    " grant select, insert, update, delete on tables to {app}",
    "alter default privileges in schema public grant usage, select on sequences to {app}",
]


def grant(apps, schema_editor):
    connection = schema_editor.connection
    app = settings.DATABASE_APP_ROLE
    # One role for everything (a hosted server without CREATE ROLE) needs no grants.
    if connection.settings_dict["USER"] == app:
        return
    with connection.cursor() as cursor:
        for statement in GRANTS:
            cursor.execute(sql.SQL(statement).format(app=sql.Identifier(app)))


class Migration(migrations.Migration):
    dependencies = [("measurement", "0001_initial")]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
