"""Reviews are signed by who answers, once, and stay as they were signed; look-ups count."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q
from psycopg import sql

SIGNED = """
create function governance_open_review() returns trigger
language plpgsql set search_path = public, pg_temp as $$
begin
    if new.closed_at is not null then
        raise exception 'A review is opened before it is closed.'
            using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
create trigger reviews_begin_open before insert on governance_healthreview
    for each row execute function governance_open_review();

create function governance_unsigned(wanted bigint) returns text
language sql stable set search_path = public, pg_temp as $$
    select string_agg(asked, ', ' order by asked)
    from governance_healthreview r, unnest(r.domains) asked
    where r.id = wanted and not exists (
        select 1 from governance_signoff s
        where s.review_id = r.id and s.domain_id = asked)
$$;

create function governance_close_review() returns trigger
language plpgsql set search_path = public, pg_temp as $$
begin
    if old.closed_at is not null or new.closed_at is null
        or (to_jsonb(new) - 'closed_at') <> (to_jsonb(old) - 'closed_at')
    then
        raise exception 'A review is kept as it was opened: it is closed, and no more.'
            using errcode = 'restrict_violation';
    end if;
    if governance_unsigned(new.id) is not null then
        raise exception 'Review % is not closed: nobody has signed for %.', new.id,
            governance_unsigned(new.id) using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$;
create trigger reviews_close_when_all_have_signed before update on governance_healthreview
    for each row execute function governance_close_review();

create function governance_sign() returns trigger
language plpgsql set search_path = public, pg_temp as $$
declare
    asked governance_healthreview;
begin
    select * into asked from governance_healthreview where id = new.review_id;
    if asked.closed_at is not null then
        raise exception 'Review % is closed.', asked.id
            using errcode = 'restrict_violation';
    end if;
    if not new.domain_id = any (asked.domains) then
        raise exception 'Review % does not ask about %.', asked.id, new.domain_id
            using errcode = 'restrict_violation';
    end if;
    if not exists (
        select 1 from governance_user u
        join governance_user_groups ug on ug.user_id = u.id
        join governance_domain d on d.owners_id = ug.group_id
        where u.id = new.by_id and u.is_active and not u.is_superuser
        and d.key = new.domain_id)
    then
        raise exception 'Only an owner of % signs for it.', new.domain_id
            using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$;
create trigger domains_are_signed_for_by_their_owners before insert on governance_signoff
    for each row execute function governance_sign();

create function governance_finish_action() returns trigger
language plpgsql set search_path = public, pg_temp as $$
begin
    if old.done_at is not null or new.done_at is null
        or (to_jsonb(new) - array['done_at', 'done_by_id'])
            <> (to_jsonb(old) - array['done_at', 'done_by_id'])
    then
        raise exception 'What a review agreed on is ticked off once, and no more.'
            using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
create trigger actions_are_ticked_off before update on governance_reviewaction
    for each row execute function governance_finish_action();
"""

KEPT = {
    "governance_healthreview": ("reviews", "delete"),
    "governance_signoff": ("sign_offs", "update or delete"),
    "governance_reviewaction": ("actions", "delete"),
}
KEEP = """
create trigger {name}_are_kept before {verbs} on {table}
    for each row execute function governance_refuse_change();
create trigger {name}_are_not_emptied before truncate on {table}
    execute function governance_refuse_change();
"""

LOGGED = """
create function governance_log_review() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform governance_append(null,
        case tg_op when 'INSERT' then 'opened' else 'closed' end, 'review',
        new.occasion, null, case tg_op when 'INSERT' then new.reason else '' end, null,
        jsonb_build_object('title', new.title, 'domains', new.domains,
            'closes_by', new.closes_by, 'facts',
            encode(sha256(convert_to(new.facts::text, 'UTF8')), 'hex')));
    return null;
end $$;
create trigger reviews_are_logged after insert or update on governance_healthreview
    for each row execute function governance_log_review();

create function governance_log_signoff() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform governance_append(new.by_id, 'signed', 'review',
        (select occasion from governance_healthreview where id = new.review_id), null,
        new.remark, null, jsonb_build_object('domain', new.domain_id));
    return null;
end $$;
create trigger sign_offs_are_logged after insert on governance_signoff
    for each row execute function governance_log_signoff();

create function governance_log_action() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform governance_append(
        case tg_op when 'INSERT' then new.added_by_id else new.done_by_id end,
        case tg_op when 'INSERT' then 'agreed on' else 'did' end, 'action',
        (select occasion from governance_healthreview where id = new.review_id)
        || '/' || new.id, null, new.what, null, jsonb_build_object('due_on', new.due_on,
            'who', (select username from governance_user where id = new.who_id)));
    return null;
end $$;
create trigger actions_are_logged after insert or update on governance_reviewaction
    for each row execute function governance_log_action();
"""

# Whoever may execute a trigger's function may hang it on a table of theirs.
LOCKED = "".join(
    f"revoke execute on function governance_{name}() from public;\n"
    for name in (
        "open_review", "close_review", "sign", "finish_action",
        "log_review", "log_signoff", "log_action",
    )
)  # fmt: skip

REVOKED = {
    "governance_healthreview": "delete, truncate",
    "governance_signoff": "update, delete, truncate",
    "governance_reviewaction": "delete, truncate",
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


def protected(to, related_name, **options):
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, to=to, related_name=related_name,
        **options,
    )


def numbered():
    return models.BigAutoField(
        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
    )


class Migration(migrations.Migration):
    dependencies = [("governance", "0015_what_people_edit_is_remembered")]

    operations = [
        migrations.CreateModel(
            name="HealthReview",
            fields=[
                ("id", numbered()),
                ("occasion", models.CharField(max_length=160, unique=True)),
                ("title", models.CharField(max_length=200)),
                ("reason", models.TextField(help_text="Why it was opened, in words.")),
                ("since", models.DateTimeField(help_text="What happened from here on was measured,")),
                ("until", models.DateTimeField(help_text="and up to here.")),
                ("opened_at", models.DateTimeField()),
                ("closes_by", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                ("domains", django.contrib.postgres.fields.ArrayField(base_field=models.SlugField(), help_text="Whose owners sign.")),
                ("facts", models.JSONField()),
            ],
            options={
                "ordering": ["-opened_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(condition=~Q(occasion=""), name="review_has_an_occasion"),
                    models.CheckConstraint(condition=Q(closes_by__gt=F("opened_at")), name="review_has_its_time"),
                    models.CheckConstraint(condition=~Q(domains=[]), name="somebody_signs_for_a_review"),
                ],
            },
        ),
        migrations.CreateModel(
            name="LookUp",
            fields=[
                ("id", numbered()),
                ("kind", models.CharField(max_length=16)),
                ("key", models.CharField(max_length=200)),
                ("on", models.DateField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "key", "on"), name="looked_up_once_a_day")
                ],
            },
        ),
        migrations.CreateModel(
            name="ReviewAction",
            fields=[
                ("id", numbered()),
                ("what", models.CharField(max_length=300)),
                ("due_on", models.DateField()),
                ("added_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(null=True)),
                ("added_by", protected(settings.AUTH_USER_MODEL, "+")),
                ("done_by", protected(settings.AUTH_USER_MODEL, "+", null=True)),
                ("review", protected("governance.healthreview", "actions")),
                ("who", protected(settings.AUTH_USER_MODEL, "actions")),
            ],
            options={
                "ordering": ["review", "due_on", "pk"],
                "constraints": [
                    models.CheckConstraint(condition=~Q(what=""), name="action_says_what"),
                    models.CheckConstraint(
                        condition=Q(done_at=None, done_by=None)
                        | Q(done_at__isnull=False, done_by__isnull=False),
                        name="somebody_has_done_it",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SignOff",
            fields=[
                ("id", numbered()),
                ("at", models.DateTimeField()),
                ("remark", models.TextField()),
                ("by", protected(settings.AUTH_USER_MODEL, "signoffs")),
                ("domain", protected("governance.domain", "signoffs", to_field="key")),
                ("review", protected("governance.healthreview", "signoffs")),
            ],
            options={
                "ordering": ["review", "at", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("review", "domain"), name="domain_is_signed_for_once"),
                    models.CheckConstraint(condition=~Q(remark=""), name="sign_off_says_something"),
                ],
            },
        ),
        migrations.RunSQL(SIGNED, migrations.RunSQL.noop),
        *(
            migrations.RunSQL(
                KEEP.format(name=name, verbs=verbs, table=table), migrations.RunSQL.noop
            )
            for table, (name, verbs) in KEPT.items()
        ),
        migrations.RunSQL(LOGGED, migrations.RunSQL.noop),
        migrations.RunSQL(LOCKED, migrations.RunSQL.noop),
        migrations.RunPython(take_away, give_back),
    ]
