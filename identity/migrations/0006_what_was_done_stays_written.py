"""What was done to who is who is added to a ledger, and stays there as it was written."""

import django.db.models.deletion
import django.db.models.functions.uuid
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q
from psycopg import sql

LEDGER = """
-- Events go forward, one writer at a time: what held at a moment is told for ever after.
create function identity_go_forward() returns trigger
language plpgsql set search_path = public, pg_temp as $$
declare
    latest identity_identityevent;
begin
    perform pg_advisory_xact_lock(7015001);
    select * into latest from identity_identityevent e order by e.id desc limit 1;
    if new.id <= latest.id or new.at < latest.at then
        raise exception 'The ledger goes forward: event % at % comes before event % at %.',
            new.id, new.at, latest.id, latest.at using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
create trigger events_go_forward before insert on identity_identityevent
    for each row execute function identity_go_forward();

-- Millions of rows come in one statement: looked at together, not one by one.
create function identity_lead_somewhere() returns trigger
language plpgsql set search_path = public, pg_temp as $$
begin
    if exists (
        select 1 from arrived a
        where not exists (select 1 from identity_identityevent e where e.id = a.event_id)
    ) or exists (
        select 1 from arrived a
        where not exists (
            select 1 from measurement_customerrecord r where r.id = a.record_id)
    ) or exists (
        select 1 from arrived a
        where not exists (select 1 from identity_person p where p.id = a.to_person_id)
    ) or exists (
        select 1 from arrived a
        where a.from_person_id is not null and not exists (
            select 1 from identity_person p where p.id = a.from_person_id)
    ) then
        raise exception 'A move names a record, a person or an event that is not there.'
            using errcode = 'foreign_key_violation';
    end if;
    return null;
end $$;
create trigger moves_lead_somewhere after insert on identity_move
    referencing new table as arrived
    for each statement execute function identity_lead_somewhere();

create function identity_keep_person() returns trigger
language plpgsql set search_path = public, pg_temp as $$
begin
    if tg_op = 'UPDATE' and (to_jsonb(new) - 'locked_at') = (to_jsonb(old) - 'locked_at')
    then
        return new;
    end if;
    raise exception 'A person keeps their id, and whoever was absorbed keeps their row.'
        using errcode = 'restrict_violation';
end $$;
create trigger people_stay before update or delete on identity_person
    for each row execute function identity_keep_person();
create trigger people_are_not_emptied before truncate on identity_person
    execute function identity_refuse_change();

create function identity_undo_once() returns trigger
language plpgsql set search_path = public, pg_temp as $$
begin
    if old.undone_at is not null or new.undone_at is null
        or (to_jsonb(new) - array['undone_at', 'undone_by_id'])
            <> (to_jsonb(old) - array['undone_at', 'undone_by_id'])
    then
        raise exception 'A merge stays as it was written: it is undone once, and no more.'
            using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
create trigger merges_are_undone_once before update on identity_merge
    for each row execute function identity_undo_once();

create function identity_end_apart() returns trigger
language plpgsql set search_path = public, pg_temp as $$
begin
    if old.ended_at is not null or new.ended_at is null
        or (to_jsonb(new) - array['ended_at', 'ended_by_id', 'ended_reason'])
            <> (to_jsonb(old) - array['ended_at', 'ended_by_id', 'ended_reason'])
    then
        raise exception 'What was said of two records stays: it is taken back once.'
            using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
create trigger aparts_are_ended_once before update on identity_apart
    for each row execute function identity_end_apart();

create function identity_let_pass() returns trigger
language plpgsql set search_path = public, pg_temp as $$
begin
    if old.passed_at is not null or new.passed_at is null
        or (to_jsonb(new) - array['passed_at', 'passed_by_id', 'passed_reason'])
            <> (to_jsonb(old) - array['passed_at', 'passed_by_id', 'passed_reason'])
    then
        raise exception 'What was held stays as it was: it is let pass once, and no more.'
            using errcode = 'restrict_violation';
    end if;
    if not exists (
        select 1 from governance_user u
        join governance_user_groups ug on ug.user_id = u.id
        join governance_domain d on d.owners_id = ug.group_id
        where u.id = new.passed_by_id and u.is_active and not u.is_superuser
        and d.key = 'customer')
    then
        raise exception 'Only an owner of customer lets a held night pass.'
            using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$;
create trigger held_runs_are_let_pass_by_their_owners before update on identity_heldrun
    for each row execute function identity_let_pass();
create function identity_begin_held() returns trigger
language plpgsql set search_path = public, pg_temp as $$
begin
    if new.passed_at is not null then
        raise exception 'What is held waits before it is let pass.'
            using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
create trigger held_runs_wait_first before insert on identity_heldrun
    for each row execute function identity_begin_held();
"""

# What somebody did stands in the chained log, event by event; what rules did, night by
# night. Names stay out of both: who it was is found by the ids.
LOGGED = """
create function identity_log_event() returns trigger
language plpgsql security definer set search_path = public, pg_temp set timezone = 'UTC'
as $$
begin
    perform governance_append(new.by_id, new.kind, 'person',
        coalesce((select public_id::text from identity_person where id = new.person_id),
            ''),
        null, new.reason, null,
        jsonb_build_object('event', new.public_id, 'at', new.at, 'other',
            (select public_id from identity_person where id = new.other_id), 'digest',
            encode(sha256(convert_to(to_jsonb(new)::text, 'UTF8')), 'hex')));
    return null;
end $$;
create trigger events_by_hand_are_logged after insert on identity_identityevent
    for each row when (new.by_id is not null) execute function identity_log_event();

create function identity_events_digest(first bigint, last bigint) returns text
language sql stable set search_path = public, pg_temp set timezone = 'UTC' as $$
    select encode(sha256(
        coalesce((select sha256(string_agg(
            sha256(convert_to(to_jsonb(e)::text, 'UTF8')), ''::bytea order by e.id))
            from identity_identityevent e where e.id between first and last), '')
        || coalesce((select sha256(string_agg(int8send(m.event_id)
            || int8send(m.record_id) || int8send(coalesce(m.from_person_id, 0))
            || int8send(m.to_person_id), ''::bytea order by m.event_id, m.record_id))
            from identity_move m where m.event_id between first and last), '')), 'hex')
$$;

create function identity_seal_run() returns trigger
language plpgsql security definer set search_path = public, pg_temp set timezone = 'UTC'
as $$
begin
    new.events := (select count(*) from identity_identityevent e
        where e.id between new.first_id and new.last_id);
    new.moves := (select count(*) from identity_move m
        where m.event_id between new.first_id and new.last_id);
    new.digest := identity_events_digest(new.first_id, new.last_id);
    perform governance_append(null, 'ran', 'identity', new.run, null, '', null,
        jsonb_build_object('first', new.first_id, 'last', new.last_id,
            'events', new.events, 'moves', new.moves, 'digest', new.digest));
    return new;
end $$;
create trigger runs_are_sealed before insert on identity_sealedrun
    for each row execute function identity_seal_run();

create function identity_log_held() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform governance_append(new.passed_by_id,
        case tg_op when 'INSERT' then 'held' else 'let pass' end, 'identity',
        new.public_id::text, null,
        case tg_op when 'INSERT' then new.sentence else new.passed_reason end, null,
        jsonb_build_object('run', new.run, 'people', new.people, 'changed', new.changed,
            'largest', new.largest, 'digest', new.digest));
    return null;
end $$;
create trigger held_runs_are_logged after insert or update on identity_heldrun
    for each row execute function identity_log_held();
"""

KEPT = {
    "identity_identityevent": ("events", "update or delete"),
    "identity_move": ("moves", "update or delete"),
    "identity_merge": ("merges", "delete"),
    "identity_apart": ("aparts", "delete"),
    "identity_heldrun": ("held_runs", "delete"),
    "identity_sealedrun": ("sealed_runs", "update or delete"),
}
KEEP = """
create trigger {name}_are_kept before {verbs} on {table}
    for each row execute function identity_refuse_change();
create trigger {name}_are_not_emptied before truncate on {table}
    execute function identity_refuse_change();
"""

FUNCTIONS = (
    "go_forward()", "lead_somewhere()", "keep_person()", "undo_once()", "end_apart()",
    "let_pass()", "begin_held()", "log_event()", "events_digest(bigint, bigint)",
    "seal_run()", "log_held()",
)  # fmt: skip
# Whoever may execute a trigger's function may hang it on a table of theirs.
LOCKED = "".join(
    f"revoke execute on function identity_{name} from public;\n"
    for name in FUNCTIONS
    if not name.startswith("events_digest")
)
GONE = "".join(
    f"drop function identity_{name} cascade;\n" for name in FUNCTIONS
) + "".join(
    f"drop trigger {name}_are_kept on {table};\n"
    f"drop trigger {name}_are_not_emptied on {table};\n"
    for table, (name, _verbs) in KEPT.items()
) + "drop trigger people_are_not_emptied on identity_person;\n"

REVOKED = {
    "identity_identityevent": "update, delete, truncate",
    "identity_move": "update, delete, truncate",
    "identity_sealedrun": "update, delete, truncate",
    "identity_merge": "delete, truncate",
    "identity_apart": "delete, truncate",
    "identity_heldrun": "delete, truncate",
    "identity_person": "delete, truncate",
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


def protected(to, related_name="+", **options):
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, to=to, related_name=related_name,
        **options,
    )


def numbered():
    return models.BigAutoField(
        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
    )


def public():
    return models.UUIDField(
        db_default=django.db.models.functions.uuid.UUID7(), editable=False, unique=True
    )


def undone(related_name):
    return models.OneToOneField(
        null=True, on_delete=django.db.models.deletion.PROTECT,
        related_name=related_name, to="identity.identityevent",
    )


USER, RECORD = settings.AUTH_USER_MODEL, "measurement.customerrecord"
UNDOING, OF_TWO = ["unmerged", "remerged"], ["merged", "split", "moved", "unmerged", "remerged"]
KINDS = [
    ("stood", "Stood before the ledger was kept"), ("arrived", "Arrived"),
    ("merged", "Merged"), ("split", "Split"), ("moved", "Moved"),
    ("unmerged", "Merge undone"), ("remerged", "Merged again"), ("attached", "Attached"),
    ("household", "Same household"), ("locked", "Locked"), ("unlocked", "Unlocked"),
]


class Migration(migrations.Migration):

    dependencies = [
        ("identity", "0005_what_the_judging_stands_on"),
        ("governance", "0022_identifiers_are_agreed_on"),
        ("measurement", "0013_reviews_open_and_fields_are_retired"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="IdentityEvent",
            fields=[
                ("id", numbered()),
                ("public_id", public()),
                ("kind", models.CharField(choices=KINDS, max_length=10)),
                ("at", models.DateTimeField(db_index=True)),
                ("by_name", models.CharField(default="a rule", max_length=150)),
                ("reason", models.TextField()),
                ("evidence", models.JSONField(default=dict)),
                ("model_version", models.CharField(blank=True, default="", max_length=80)),
                ("policy_version", models.CharField(blank=True, default="", max_length=80)),
                ("run", models.CharField(blank=True, default="", max_length=80)),
                ("before", models.JSONField(default=list)),
                ("after", models.JSONField(default=list)),
                ("by", protected(USER, null=True)),
                ("other", protected("identity.person", "events_beside", null=True)),
                ("person", protected("identity.person", "events", null=True)),
                ("undoes", protected("identity.identityevent", "undone_by", null=True)),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(condition=~Q(reason=""), name="event_says_why"),
                    models.CheckConstraint(
                        condition=~Q(kind__in=[*UNDOING, "locked", "unlocked"]) | Q(by__isnull=False),
                        name="somebody_undoes_and_locks",
                    ),
                    models.CheckConstraint(
                        condition=~Q(kind__in=OF_TWO)
                        | Q(person__isnull=False, other__isnull=False) & ~Q(person=F("other")),
                        name="event_of_two_names_two",
                    ),
                    models.CheckConstraint(
                        condition=Q(kind__in=UNDOING, undoes__isnull=False)
                        | ~Q(kind__in=UNDOING) & Q(undoes=None),
                        name="only_an_undoing_undoes",
                    ),
                    models.UniqueConstraint(fields=("undoes",), name="event_is_undone_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Move",
            fields=[
                ("event", protected("identity.identityevent", "moves", db_constraint=False, db_index=False)),
                ("record", protected(RECORD, db_constraint=False)),
                ("from_person", protected("identity.person", null=True, db_constraint=False, db_index=False)),
                ("to_person", protected("identity.person", db_constraint=False, db_index=False)),
                ("pk", models.CompositePrimaryKey("event", "record", blank=True, editable=False, primary_key=True, serialize=False)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(from_person=None) | ~Q(from_person=F("to_person")),
                        name="move_leads_elsewhere",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Apart",
            fields=[
                ("id", numbered()),
                ("reason", models.TextField()),
                ("at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_reason", models.TextField(blank=True, default="")),
                ("by", protected(USER)),
                ("ended_by", protected(USER, null=True)),
                ("left", protected(RECORD)),
                ("right", protected(RECORD)),
                ("event", protected("identity.identityevent", "apart", null=True)),
            ],
            options={
                "verbose_name_plural": "pairs held apart",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("left", "right"), condition=Q(ended_at=None),
                        name="pair_is_held_apart_once",
                    ),
                    models.CheckConstraint(condition=Q(left__lt=F("right")), name="apart_is_written_one_way"),
                    models.CheckConstraint(
                        condition=Q(ended_at=None, ended_by=None, ended_reason="")
                        | Q(ended_at__gt=F("at"), ended_by__isnull=False) & ~Q(ended_reason=""),
                        name="ended_apart_names_who_when_and_why",
                    ),
                    models.CheckConstraint(condition=~Q(reason=""), name="apart_says_why"),
                ],
            },
        ),
        migrations.CreateModel(
            name="HeldRun",
            fields=[
                ("id", numbered()),
                ("public_id", public()),
                ("at", models.DateTimeField()),
                ("run", models.CharField(blank=True, default="", max_length=80)),
                ("sentence", models.TextField()),
                ("people", models.BigIntegerField(help_text="How many there were before.")),
                ("changed", models.BigIntegerField(help_text="How many would have changed.")),
                ("largest", models.BigIntegerField(help_text="Records of the largest person.")),
                ("digest", models.CharField(max_length=64)),
                ("groups", models.JSONField(default=list)),
                ("sample", models.JSONField(default=list)),
                ("passed_at", models.DateTimeField(null=True)),
                ("passed_reason", models.TextField(blank=True, default="")),
                ("passed_by", protected(USER, null=True)),
            ],
            options={
                "ordering": ["-at", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(passed_at=None, passed_by=None, passed_reason="")
                        | Q(passed_at__isnull=False, passed_by__isnull=False) & ~Q(passed_reason=""),
                        name="passed_run_names_who_when_and_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SealedRun",
            fields=[
                ("id", numbered()),
                ("run", models.CharField(max_length=80)),
                ("at", models.DateTimeField()),
                ("events", models.BigIntegerField(default=0)),
                ("moves", models.BigIntegerField(default=0)),
                ("digest", models.CharField(blank=True, default="", max_length=64)),
                ("first", protected("identity.identityevent")),
                ("last", protected("identity.identityevent")),
            ],
        ),
        migrations.AddField("person", "locked_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "link", "event",
            protected("identity.identityevent", "links", null=True, db_constraint=False, db_index=False),
        ),
        migrations.AddField("merge", "event", undone("merge")),
        migrations.AddField("merge", "undone_at", models.DateTimeField(null=True)),
        migrations.AddField("merge", "undone_by", undone("undone_merge")),
        migrations.AddConstraint(
            "merge",
            models.UniqueConstraint(
                fields=("absorbed",), condition=Q(undone_at=None),
                name="nobody_is_absorbed_twice_at_once",
            ),
        ),
        migrations.AddConstraint(
            "merge",
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by=None)
                | Q(undone_at__gt=F("at"), undone_by__isnull=False),
                name="undone_merge_names_when_and_by_what",
            ),
        ),
        migrations.RunSQL(LEDGER, migrations.RunSQL.noop),
        *(
            migrations.RunSQL(
                KEEP.format(name=name, verbs=verbs, table=table), migrations.RunSQL.noop
            )
            for table, (name, verbs) in KEPT.items()
        ),
        migrations.RunSQL(LOGGED, migrations.RunSQL.noop),
        migrations.RunSQL(LOCKED, GONE),
        migrations.RunPython(take_away, give_back),
    ]
