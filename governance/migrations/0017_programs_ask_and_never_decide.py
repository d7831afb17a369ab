"""Programs act in somebody's name: they read and ask for changes, and decide on nothing.

What a token may is refused here too, below the pages: while a program acts, the transaction
says so, and no decision, nothing that takes effect and no right is written in it.
"""

import datetime

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from psycopg import sql

# A program acts where the transaction says `plumbline.via` is 'api'.
TOKENS = """
create function governance_token_is_made() returns trigger language plpgsql as $$
begin
    if new.user_id::text is distinct from current_setting('plumbline.actor', true) then
        raise exception 'A token is made by whoever it acts for, and by nobody else.'
            using errcode = 'insufficient_privilege';
    end if;
    -- The database's own clock: a token made tomorrow would live for longer.
    if new.expires_at > clock_timestamp() + interval '365 days' then
        raise exception 'A token lives for a year at most.'
            using errcode = 'insufficient_privilege';
    end if;
    if new.last_used_on is not null or new.revoked_at is not null then
        raise exception 'A token begins unused.' using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
create trigger tokens_are_made_by_their_users before insert on governance_apitoken
    for each row execute function governance_token_is_made();

create function governance_token_is_kept() returns trigger language plpgsql as $$
begin
    if to_jsonb(new) - array['last_used_on', 'revoked_at']
        <> to_jsonb(old) - array['last_used_on', 'revoked_at']
        or old.revoked_at is not null and new.revoked_at is distinct from old.revoked_at
        or old.last_used_on is not null
        and (new.last_used_on is null or new.last_used_on < old.last_used_on)
    then
        raise exception 'A token is kept as it was made, and one that was revoked stays so.'
            using errcode = 'restrict_violation', hint = 'Make another one.';
    end if;
    if new.revoked_at is distinct from old.revoked_at
        and current_setting('plumbline.via', true) = 'api'
    then
        raise exception 'A program revokes no token.'
            using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$;
create trigger tokens_are_kept before update on governance_apitoken
    for each row execute function governance_token_is_kept();
create trigger tokens_stay before delete on governance_apitoken
    for each row execute function governance_refuse_change();
create trigger tokens_are_not_emptied before truncate on governance_apitoken
    execute function governance_refuse_change();

create function governance_log_token() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    key text := (select username from governance_user where id = new.user_id)
        || ': ' || new.name;
begin
    if tg_op = 'INSERT' then
        perform governance_append(null, 'made', 'token', key, null, '', null,
            jsonb_build_object('scope', new.scope, 'expires_at', new.expires_at));
        return null;
    end if;
    if new.revoked_at is distinct from old.revoked_at then
        perform governance_append(null, 'revoked', 'token', key, null, '', null, null);
    end if;
    if new.last_used_on is distinct from old.last_used_on then
        perform governance_append(new.user_id, 'used', 'token', key, null, '',
            jsonb_build_object('last_used_on', old.last_used_on),
            jsonb_build_object('last_used_on', new.last_used_on));
    end if;
    return null;
end $$;
create trigger tokens_are_logged after insert or update on governance_apitoken
    for each row execute function governance_log_token();
"""

NEVER = """
create function governance_by_a_person() returns trigger language plpgsql as $$
begin
    if current_setting('plumbline.via', true) = 'api' then
        raise exception 'A program asks for changes, and decides on nothing: no % of % by it.',
            lower(tg_op), tg_table_name using errcode = 'insufficient_privilege',
            hint = 'Somebody who may does it on a page.';
    end if;
    return null;
end $$;

-- A program asks in the name of whoever it acts for, and touches nothing of anybody else.
create function governance_a_program_asks() returns trigger language plpgsql as $$
declare
    who text;
begin
    if current_setting('plumbline.via', true) is distinct from 'api' then
        return new;
    end if;
    if tg_table_name = 'governance_changerequest' then
        who := new.requested_by_id::text;
        if new.state not in ('draft', 'in_review') or new.review_due_at is not null then
            raise exception 'A program asks for changes, and decides on nothing: request %'
                ' cannot be % by it.', new.id, new.state
                using errcode = 'insufficient_privilege';
        end if;
    else
        who := (select requested_by_id::text from governance_changerequest
            where id = new.request_id);
    end if;
    if who is distinct from current_setting('plumbline.actor', true) then
        raise exception 'A program writes for whoever it acts for, and for nobody else.'
            using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$;
create trigger programs_only_ask before insert or update on governance_changerequest
    for each row execute function governance_a_program_asks();
create trigger programs_only_ask before insert or update on governance_revision
    for each row execute function governance_a_program_asks();
"""

# What decides, what takes effect, and who may do what.
BY_A_PERSON = {
    "governance_decision": "insert or update or delete or truncate",
    "governance_application": "insert or update or delete or truncate",
    "governance_version": "insert or update or delete or truncate",
    "governance_user": "insert or update or delete or truncate",
    "governance_user_groups": "insert or update or delete or truncate",
    "governance_user_user_permissions": "insert or update or delete or truncate",
    "auth_group": "insert or update or delete or truncate",
    "auth_group_permissions": "insert or update or delete or truncate",
    "auth_permission": "insert or update or delete or truncate",
    "governance_domain": "insert or update or delete or truncate",
    "governance_apitoken": "insert or delete or truncate",
}
BY_A_PERSON_ONLY = """
create trigger no_program_does_this before {verbs} on {table}
    for each statement execute function governance_by_a_person()
"""

# Everything the log says of a request says whether a program did it.
SAID = """
create or replace function governance_log_request() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    via jsonb := case current_setting('plumbline.via', true)
        when 'api' then '{"via": "api"}'::jsonb else '{}'::jsonb end;
begin
    if tg_op = 'INSERT' then
        perform governance_append(new.requested_by_id, 'opened', 'request',
            new.id::text, new.id, new.reason, null,
            jsonb_build_object('title', new.title, 'state', new.state) || via);
    elsif (new.state, new.revision, new.risk, new.effective_at, new.review_due_at)
        is distinct from
        (old.state, old.revision, old.risk, old.effective_at, old.review_due_at)
    then
        perform governance_append(null,
            case when new.state <> old.state then new.state else 'changed' end,
            'request', new.id::text, new.id, new.note,
            jsonb_build_object('state', old.state, 'revision', old.revision,
                'cycle', old.cycle, 'risk', old.risk, 'effective_at', old.effective_at,
                'review_due_at', old.review_due_at),
            jsonb_build_object('state', new.state, 'revision', new.revision,
                'cycle', new.cycle, 'risk', new.risk, 'effective_at', new.effective_at,
                'review_due_at', new.review_due_at) || via);
    end if;
    return null;
end $$;
"""

# A temporary table comes before ours in everybody's search path, unless a function says
# otherwise; and whoever may execute a trigger's function may hang it on a table of theirs.
LOCKED = "".join(
    f"alter function {each}() set search_path = public, pg_temp;"
    f"revoke execute on function {each}() from public;"
    for each in (
        "governance_token_is_made", "governance_token_is_kept", "governance_log_token",
        "governance_by_a_person", "governance_a_program_asks",
    )
)


def keep_tokens(apps, schema_editor):
    connection = schema_editor.connection
    app = settings.DATABASE_APP_ROLE
    if connection.settings_dict["USER"] == app:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("revoke delete, truncate on governance_apitoken from {}").format(
                sql.Identifier(app)
            )
        )


class Migration(migrations.Migration):
    dependencies = [("governance", "0016_reviews_are_signed")]

    operations = [
        migrations.CreateModel(
            name='ApiToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('scope', models.CharField(choices=[('read', 'Reads'), ('propose', 'Reads and proposes')], max_length=8)),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('made_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('last_used_on', models.DateField(null=True)),
                ('revoked_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tokens', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'API token',
                'ordering': ['-made_at', '-pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('revoked_at', None)), fields=('user', 'name'), name='one_token_of_a_name_each'), models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('made_at')), ('expires_at__lte', models.F('made_at') + datetime.timedelta(days=365))), name='token_lives_a_year_at_most'), models.CheckConstraint(condition=models.Q(('scope__in', ['read', 'propose'])), name='token_reads_or_proposes'), models.CheckConstraint(condition=models.Q(('digest__regex', '^[0-9a-f]{64}$')), name='token_is_kept_as_a_digest'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='token_has_a_name')],
            },
        ),
        migrations.RunSQL(TOKENS, migrations.RunSQL.noop),
        migrations.RunSQL(NEVER, migrations.RunSQL.noop),
        *(
            migrations.RunSQL(
                BY_A_PERSON_ONLY.format(table=table, verbs=verbs),
                migrations.RunSQL.noop,
            )
            for table, verbs in BY_A_PERSON.items()
        ),
        migrations.RunSQL(SAID, migrations.RunSQL.noop),
        migrations.RunSQL(LOCKED, migrations.RunSQL.noop),
        migrations.RunPython(keep_tokens, migrations.RunPython.noop),
    ]
