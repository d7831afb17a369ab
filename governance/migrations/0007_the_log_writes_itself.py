"""One chain of events, written by triggers of the owner; the app's role only reads it."""

from django.conf import settings
from django.db import migrations
from psycopg import sql

CHAIN = """
-- What an event is known by: all it says, and the hash of the event before it.
create function governance_event_hash(event governance_governanceevent) returns text
language sql immutable parallel safe as $$
    select encode(sha256(convert_to(event.previous || jsonb_build_array(
        event.seq, extract(epoch from event.at)::text, event.actor_id, event.actor,
        event.verb, event.object_type, event.object_key, event.request, event.reason,
        event.old, event.new)::text, 'UTF8')), 'hex')
$$;

create function governance_append(
    who bigint, verb text, object_type text, object_key text, request bigint,
    reason text, old jsonb, new jsonb
) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    event governance_governanceevent;
    acting bigint := coalesce(
        who, nullif(current_setting('plumbline.actor', true), '')::bigint);
begin
    -- Two writers would both follow the same event, and the chain would fork.
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'The log is written under READ COMMITTED, and this is %.',
            current_setting('transaction_isolation')
            using errcode = 'object_not_in_prerequisite_state';
    end if;
    perform pg_advisory_xact_lock(hashtextextended('governance log', 42));
    select e.seq + 1, e.hash into event.seq, event.previous
    from governance_governanceevent e order by e.seq desc limit 1;
    event.seq := coalesce(event.seq, 1);
    event.previous := coalesce(event.previous, '');
    event.at := clock_timestamp();
    event.actor_id := acting;
    event.actor := coalesce(
        (select username from governance_user where id = acting), session_user::text);
    event.verb := verb;
    event.object_type := object_type;
    event.object_key := object_key;
    event.request := request;
    event.reason := coalesce(reason, '');
    event.old := old;
    event.new := new;
    event.hash := governance_event_hash(event);
    insert into governance_governanceevent select event.*;
end $$;

create trigger events_are_kept before update or delete on governance_governanceevent
    for each row execute function governance_refuse_change();
create trigger events_are_not_emptied before truncate on governance_governanceevent
    execute function governance_refuse_change();
create trigger seals_are_kept before update or delete on governance_seal
    for each row execute function governance_refuse_change();
create trigger seals_are_not_emptied before truncate on governance_seal
    execute function governance_refuse_change();
"""

WRITERS = """
create function governance_log_request() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if tg_op = 'INSERT' then
        perform governance_append(new.requested_by_id, 'opened', 'request',
            new.id::text, new.id, new.reason, null,
            jsonb_build_object('title', new.title, 'state', new.state));
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
                'review_due_at', new.review_due_at));
    end if;
    return null;
end $$;
create trigger requests_are_logged after insert or update on governance_changerequest
    for each row execute function governance_log_request();

create function governance_log_revision() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform governance_append(new.made_by_id, 'wrote', 'revision',
        new.request_id || '/' || new.number, new.request_id, '', null,
        (select jsonb_agg(jsonb_build_object('kind', o.kind, 'key', o.key,
            'domain', o.domain_id, 'state', o.state, 'digest', o.digest,
            'base', o.base_id) order by o.position, o.id)
         from governance_operation o where o.revision_id = new.id));
    return null;
end $$;
create trigger revisions_are_logged after update on governance_revision
    for each row execute function governance_log_revision();

create function governance_log_decision() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform governance_append(new.by_id, new.verdict, 'decision',
        new.request_id || '/' || new.cycle, new.request_id, new.comment, null,
        jsonb_build_object('digest', new.digest, 'revision', new.revision_id,
            'via', new.via));
    return null;
end $$;
create trigger decisions_are_logged after insert on governance_decision
    for each row execute function governance_log_decision();

create function governance_log_application() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform governance_append(new.by_id, 'applied', 'application',
        new.request_id::text, new.request_id, '', null,
        jsonb_build_object('digest', new.digest, 'revision', new.revision_id));
    return null;
end $$;
create trigger applications_are_logged after insert on governance_application
    for each row execute function governance_log_application();

create function governance_log_version() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform governance_append(null, 'took effect', new.kind, new.key,
        (select v.request_id from governance_operation o
         join governance_revision v on v.id = o.revision_id
         where o.id = new.operation_id), '',
        (select to_jsonb(h) - array['id', 'operation_id', 'valid_during']
         from governance_version h where h.kind = new.kind and h.key = new.key
         and h.number = new.number - 1),
        to_jsonb(new) - array['id', 'operation_id', 'valid_during']);
    return null;
end $$;
create trigger versions_are_logged after insert on governance_version
    for each row execute function governance_log_version();

create function governance_log_membership() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    row_of governance_user_groups := case tg_op when 'DELETE' then old else new end;
begin
    perform governance_append(null,
        case tg_op when 'DELETE' then 'left' else 'joined' end, 'role',
        (select username from governance_user where id = row_of.user_id) || ' '
        || (select name from auth_group where id = row_of.group_id),
        null, '', null, null);
    return null;
end $$;
create trigger memberships_are_logged after insert or delete on governance_user_groups
    for each row execute function governance_log_membership();

create function governance_log_user() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if tg_op = 'INSERT' or (new.username, new.is_active, new.is_superuser, new.is_staff,
        new.password) is distinct from (old.username, old.is_active, old.is_superuser,
        old.is_staff, old.password)
    then
        perform governance_append(null,
            case tg_op when 'INSERT' then 'made' else 'changed' end, 'user',
            new.username, null, '',
            case tg_op when 'UPDATE' then jsonb_build_object('username', old.username,
                'active', old.is_active, 'superuser', old.is_superuser,
                'admin', old.is_staff) end,
            jsonb_build_object('username', new.username, 'active', new.is_active,
                'superuser', new.is_superuser, 'admin', new.is_staff,
                'password', case when tg_op = 'UPDATE' and new.password <> old.password
                    then 'changed' else 'kept' end));
    end if;
    return null;
end $$;
create trigger users_are_logged after insert or update on governance_user
    for each row execute function governance_log_user();
create trigger users_stay before delete on governance_user
    for each row execute function governance_refuse_change();
"""

# What the app's role may not do with its own hands: the owner's triggers do it.
REVOKED = {
    "governance_governanceevent": "insert, update, delete, truncate",
    "governance_seal": "update, delete, truncate",
    "governance_version": "update, delete, truncate",
    "governance_operation": "update, delete, truncate",
    "governance_decision": "update, delete, truncate",
    "governance_application": "update, delete, truncate",
    "governance_contributor": "update, delete, truncate",
    "governance_comment": "update, delete, truncate",
    "governance_revision": "delete, truncate",
    "governance_changerequest": "delete, truncate",
    "governance_user": "delete, truncate",
}


def take_away(apps, schema_editor):
    _say(schema_editor, "revoke {} on {} from {}")


def give_back(apps, schema_editor):
    _say(schema_editor, "grant {} on {} to {}")


def _say(schema_editor, statement):
    connection = schema_editor.connection
    app = settings.DATABASE_APP_ROLE
    if connection.settings_dict["USER"] == app:
        return
    with connection.cursor() as cursor:
        for table, rights in REVOKED.items():
            cursor.execute(
                sql.SQL(statement).format(
                    sql.SQL(rights), sql.Identifier(table), sql.Identifier(app)
                )
            )


class Migration(migrations.Migration):
    dependencies = [
        ("governance", "0006_four_eyes"),
        ("measurement", "0002_app_role_may_read_and_write"),
    ]

    operations = [
        migrations.RunSQL(CHAIN, migrations.RunSQL.noop),
        migrations.RunSQL(WRITERS, migrations.RunSQL.noop),
        migrations.RunPython(take_away, give_back),
    ]
