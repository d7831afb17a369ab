"""While a window is frozen nothing takes effect, but for an emergency."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

FROZEN = """
create function governance_frozen(at timestamptz) returns text
language sql stable set search_path = public, pg_temp as $$
    select f.reason from governance_freezewindow f
    where f.lifted_at is null and f.begins_at <= at and f.ends_at > at
    order by f.ends_at desc, f.id limit 1
$$;

create function governance_thaw() returns trigger
language plpgsql set search_path = public, pg_temp as $$
declare
    reason text := governance_frozen(clock_timestamp());
begin
    if reason is not null and not exists (
        select 1 from governance_decision d
        where d.request_id = new.request_id and d.revision_id = new.revision_id
        and d.verdict = 'override')
    then
        raise exception 'Nothing takes effect at this time: %', reason
            using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
create trigger nothing_is_applied_while_frozen before insert on governance_application
    for each row execute function governance_thaw();

create function governance_lift() returns trigger
language plpgsql set search_path = public, pg_temp as $$
begin
    if old.lifted_at is not null or new.lifted_at is null
        or (to_jsonb(new) - array['lifted_at', 'lifted_by_id'])
            <> (to_jsonb(old) - array['lifted_at', 'lifted_by_id'])
    then
        raise exception 'A frozen window is kept as it was set: it is lifted once.'
            using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
create trigger freezes_are_lifted_once before update on governance_freezewindow
    for each row execute function governance_lift();
create trigger freezes_are_kept before delete on governance_freezewindow
    for each row execute function governance_refuse_change();
create trigger freezes_are_not_emptied before truncate on governance_freezewindow
    execute function governance_refuse_change();
create trigger no_program_does_this before insert or update or delete or truncate
    on governance_freezewindow for each statement execute function governance_by_a_person();

create function governance_log_freeze() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform governance_append(
        case tg_op when 'INSERT' then new.set_by_id else new.lifted_by_id end,
        case tg_op when 'INSERT' then 'set' else 'lifted' end, 'freeze',
        new.id::text, null, new.reason, null,
        jsonb_build_object('begins_at', new.begins_at, 'ends_at', new.ends_at));
    return null;
end $$;
create trigger freezes_are_logged after insert or update on governance_freezewindow
    for each row execute function governance_log_freeze();

revoke execute on function governance_thaw() from public;
revoke execute on function governance_lift() from public;
revoke execute on function governance_log_freeze() from public;
"""

GONE = """
drop trigger nothing_is_applied_while_frozen on governance_application;
drop trigger freezes_are_lifted_once on governance_freezewindow;
drop trigger freezes_are_kept on governance_freezewindow;
drop trigger freezes_are_not_emptied on governance_freezewindow;
drop trigger no_program_does_this on governance_freezewindow;
drop trigger freezes_are_logged on governance_freezewindow;
drop function governance_log_freeze();
drop function governance_lift();
drop function governance_thaw();
drop function governance_frozen(timestamptz);
"""


def somebody(**options):
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
        **options,
    )


class Migration(migrations.Migration):
    dependencies = [("governance", "0019_who_may_do_what_is_agreed")]

    operations = [
        migrations.CreateModel(
            name="FreezeWindow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("begins_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("reason", models.TextField(help_text="Everybody reads why nothing takes effect.")),
                ("set_at", models.DateTimeField()),
                ("lifted_at", models.DateTimeField(null=True)),
                ("lifted_by", somebody(null=True)),
                ("set_by", somebody()),
            ],
            options={
                "ordering": ["-begins_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(condition=Q(ends_at__gt=F("begins_at")), name="freeze_has_its_time"),
                    models.CheckConstraint(condition=~Q(reason=""), name="freeze_says_why"),
                    models.CheckConstraint(
                        condition=Q(lifted_at=None, lifted_by=None)
                        | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                        name="freeze_is_lifted_by_somebody",
                    ),
                ],
            },
        ),
        migrations.RunSQL(FROZEN, GONE),
    ]
