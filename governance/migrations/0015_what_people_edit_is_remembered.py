"""Readable history of rows people edit directly, and when somebody last came to their desk.

History is written by the app with each change it saves. The database dates it, names who
acts, keeps it from being rewritten, and writes what a change past the app left out.
"""

import django.contrib.auth.validators
import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models
from psycopg import sql

KEPT = """
create function governance_date_history() returns trigger
language plpgsql set search_path = public, pg_temp as $$
begin
    -- A moment and a name are claims, if whoever writes may choose them.
    new.history_date := clock_timestamp();
    new.history_user_id := coalesce(
        nullif(current_setting('plumbline.actor', true), '')::bigint,
        new.history_user_id);
    return new;
end $$;

-- What a row says, as its history would. Arguments: the history's table, and its columns.
create function governance_remember() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    columns text := (select string_agg(quote_ident(c), ', ') from unnest(tg_argv[1:]) c);
begin
    execute format(
        'insert into %1$I (%2$s, history_type, history_date, history_change_reason)
         select %2$s, case when exists (select from %1$I where id = $1)
             then ''~'' else ''+'' end, now(), ''Changed past the pages.''
         from %3$I where id = $1 and row(%2$s) is distinct from
             (select row(%2$s) from %1$I where id = $1 order by history_id desc limit 1)',
        tg_argv[0], columns, tg_table_name) using new.id;
    return null;
end $$;
revoke execute on function governance_date_history(), governance_remember() from public;
"""

TABLES = {
    "governance_user": (
        "id", "username", "first_name", "last_name", "email", "is_active", "is_staff",
        "is_superuser",
    ),
    "governance_domain": ("id", "key", "name", "owners_id", "stewards_id"),
}  # fmt: skip
# Asked at the end of the transaction, when what the app remembers is written.
GUARD = """
create trigger history_is_dated before insert on {history}
    for each row execute function governance_date_history();
create trigger history_is_kept before update or delete on {history}
    for each row execute function governance_refuse_change();
create trigger history_is_not_emptied before truncate on {history}
    execute function governance_refuse_change();
create constraint trigger changes_are_remembered after insert or update on {table}
    deferrable initially deferred
    for each row execute function governance_remember('{history}', {named});
insert into {history} ({columns}, history_type, history_date, history_change_reason)
select {columns}, '+', now(), 'As it stood when history began.' from {table} order by id;
"""


def guard(table):
    columns = TABLES[table]
    return GUARD.format(
        table=table,
        history=f"{table}history",
        columns=", ".join(columns),
        named=", ".join(f"'{each}'" for each in columns),
    )


def take_away(apps, schema_editor):
    _say(schema_editor, "revoke update, delete, truncate on {} from {}")


def give_back(apps, schema_editor):
    _say(schema_editor, "grant update, delete on {} to {}")


def _say(schema_editor, statement):
    connection = schema_editor.connection
    app = settings.DATABASE_APP_ROLE
    if connection.settings_dict["USER"] == app:
        return
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(
                sql.SQL(statement).format(
                    sql.Identifier(f"{table}history"), sql.Identifier(app)
                )
            )


class Migration(migrations.Migration):
    dependencies = [("governance", "0014_versions_move_their_rows")]

    operations = [
        migrations.CreateModel(
            name='DomainHistory',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('key', models.SlugField()),
                ('name', models.CharField(max_length=80)),
                ('history_change_reason', models.TextField(null=True)),
                ('history_id', models.BigAutoField(editable=False, primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('owners', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='auth.group')),
                ('stewards', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='auth.group')),
            ],
            options={
                'verbose_name': 'historical domain',
                'verbose_name_plural': 'historical domains',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='UserHistory',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('username', models.CharField(db_index=True, error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                ('first_name', models.CharField(blank=True, max_length=150, verbose_name='first name')),
                ('last_name', models.CharField(blank=True, max_length=150, verbose_name='last name')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='email address')),
                ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                ('history_change_reason', models.TextField(null=True)),
                ('history_id', models.BigAutoField(editable=False, primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical user',
                'verbose_name_plural': 'historical users',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='Visit',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='visit', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField()),
                ('before', models.DateTimeField(null=True)),
            ],
        ),
        migrations.RunSQL(KEPT, migrations.RunSQL.noop),
        *(migrations.RunSQL(guard(each), migrations.RunSQL.noop) for each in TABLES),
        migrations.RunPython(take_away, give_back),
    ]
