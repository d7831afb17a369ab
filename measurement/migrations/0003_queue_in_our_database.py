"""Put the task queue into our own database: PGMQ's SQL, one queue, the app's rights."""

from django.conf import settings
from django.db import migrations
from psycopg import sql

from measurement.broker import QUEUE

# kombu asks for its queue at every bind. The stock function takes a lock on the queue's
# table even where nothing is left to make, and a worker that starts would wait for every
# open transaction that has enqueued; the app's role may not make tables anyway. So a
# queue that is there is left alone, and one that is not needs the owner.
CREATE = """
    create or replace function pgmq."create"(queue_name text) returns void as $$
    begin
        if not exists (
            select from pgmq.meta where meta.queue_name = "create".queue_name
        ) then
            perform pgmq.create_non_partitioned(queue_name);
        end if;
    end;
    $$ language plpgsql
"""

GRANTS = [
    "grant usage on schema pgmq to {app}",
    "grant select on pgmq.meta, pgmq.topic_bindings to {app}",
    "grant select, insert, update, delete on pgmq.{queue}, pgmq.{archive} to {app}",
    "grant select, usage, update on sequence pgmq.{sequence} to {app}",
]


def install(apps, schema_editor):
    # The package's own script; running it over an installed schema is not supported.
    from pgmq.install import get_embedded_install_sql

    connection = schema_editor.connection
    with connection.cursor() as cursor:
        cursor.execute("select to_regnamespace('pgmq')")
        if cursor.fetchone() == (None,):
            cursor.execute(get_embedded_install_sql())
        cursor.execute(CREATE)
        cursor.execute('select pgmq."create"(%s)', [QUEUE])


def grant(apps, schema_editor):
    connection = schema_editor.connection
    app = settings.DATABASE_APP_ROLE
    if connection.settings_dict["USER"] == app:
        return
    names = {
        "app": sql.Identifier(app),
        "queue": sql.Identifier(f"q_{QUEUE}"),
        "archive": sql.Identifier(f"a_{QUEUE}"),
        "sequence": sql.Identifier(f"q_{QUEUE}_msg_id_seq"),
    }
    with connection.cursor() as cursor:
        for statement in GRANTS:
            cursor.execute(sql.SQL(statement).format(**names))


class Migration(migrations.Migration):
    dependencies = [("measurement", "0002_app_role_may_read_and_write")]

    operations = [
        migrations.RunPython(install, migrations.RunPython.noop),
        migrations.RunPython(grant, migrations.RunPython.noop),
    ]
