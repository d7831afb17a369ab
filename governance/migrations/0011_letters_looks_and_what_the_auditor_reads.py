"""Letters that wait to be sent, what was found in the log, and who else reads the log."""

from django.conf import settings
from django.db import migrations, models
from psycopg import sql

READ_BY_AUDITORS = "governance_governanceevent", "governance_seal"


def let_read(apps, schema_editor):
    _say(
        schema_editor,
        settings.DATABASE_AUDITOR_ROLE,
        ["grant usage on schema public to {}"]
        + [f"grant select on {table} to {{}}" for table in READ_BY_AUDITORS],
    )


def keep_from(apps, schema_editor):
    _say(
        schema_editor,
        settings.DATABASE_AUDITOR_ROLE,
        [f"revoke select on {table} from {{}}" for table in READ_BY_AUDITORS],
    )


def keep_what_was_found(apps, schema_editor):
    _say(
        schema_editor,
        settings.DATABASE_APP_ROLE,
        ["revoke update, delete, truncate on governance_verification from {}"],
    )


def _say(schema_editor, role, statements):
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        cursor.execute("select 1 from pg_roles where rolname = %s", [role])
        # A hosted server may have one role for everything, and no auditor.
        if not cursor.fetchall() or connection.settings_dict["USER"] == role:
            return
        for statement in statements:
            cursor.execute(sql.SQL(statement).format(sql.Identifier(role)))


class Migration(migrations.Migration):
    dependencies = [
        ("governance", "0010_definitions_are_found_by_their_words"),
    ]

    operations = [
        migrations.CreateModel(
            name='Verification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('events', models.BigIntegerField()),
                ('seals', models.BigIntegerField()),
                ('unsealed', models.BigIntegerField()),
                ('finding', models.TextField(blank=True)),
            ],
            options={
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='Letter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('to', models.EmailField(max_length=254)),
                ('occasion', models.CharField(max_length=120)),
                ('subject', models.CharField(max_length=200)),
                ('text', models.TextField()),
                ('written_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('sent_at', None)), fields=['id'], name='letters_waiting')],
                'constraints': [models.UniqueConstraint(fields=('occasion', 'to'), name='one_letter_per_occasion'), models.CheckConstraint(condition=models.Q(models.Q(('to', ''), _negated=True), models.Q(('occasion', ''), _negated=True)), name='letter_has_an_address')],
            },
        ),
        migrations.RunPython(let_read, keep_from),
        migrations.RunPython(keep_what_was_found, migrations.RunPython.noop),
    ]
