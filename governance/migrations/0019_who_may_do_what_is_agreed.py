"""Who may do what is agreed on like anything else, and written by nobody's hand.

A definition of kind permission says of an account which roles it has, which domains it
owns and which it stewards. When it takes effect the database itself writes the
memberships. Whoever is not the owner of the tables writes no row by which somebody may do
something: not a membership, not what a group may do, not which group owns a domain.
"""

import django.db.models.deletion
from django.contrib.auth.management import create_permissions
from django.contrib.contenttypes.management import create_contenttypes
from django.db import migrations, models

REFUSED = """
-- What is refused is said by whoever hangs it on a table. The owner of the tables makes
-- groups and domains, and lets the first people in; so do functions that are the owner's.
create function governance_by_the_owner() returns boolean
language sql stable set search_path = public, pg_temp as $$
    select pg_get_userbyid(relowner) = current_user from pg_class
    where oid = 'public.governance_user'::regclass
$$;

create function governance_refuse_by_hand() returns trigger
language plpgsql set search_path = public, pg_temp as $$
begin
    if governance_by_the_owner() then
        return new;
    end if;
    raise exception '%', tg_argv[0]
        using errcode = 'insufficient_privilege', hint = 'Propose a change of roles.';
end $$;

-- Whoever is let in reads. Anything more, and whatever was agreed on once, is asked for.
create function governance_refuse_membership() returns trigger
language plpgsql set search_path = public, pg_temp as $$
begin
    if governance_by_the_owner() then
        return new;
    end if;
    if exists (select 1 from auth_group g where g.id = new.group_id and g.name = 'viewer')
        and not exists (select 1 from governance_user_groups m where m.user_id = new.user_id)
        and not exists (select 1 from governance_version v
            join governance_user u on u.username = v.key
            where u.id = new.user_id and v.kind = 'permission')
    then
        return new;
    end if;
    raise exception '%', tg_argv[0]
        using errcode = 'insufficient_privilege', hint = 'Propose a change of roles.';
end $$;

create function governance_refuse_renaming() returns trigger
language plpgsql set search_path = public, pg_temp as $$
begin
    if governance_by_the_owner() then
        return new;
    end if;
    -- By renaming accounts, what was agreed on for one would be given to another.
    if tg_op = 'UPDATE' and new.username <> old.username and exists (
        select 1 from governance_operation o
        where o.kind = 'permission' and o.key in (old.username, new.username))
    then
        raise exception 'The account keeps its name: what % may do was asked for by it.',
            old.username using errcode = 'insufficient_privilege',
            hint = 'Make another account.';
    end if;
    if tg_op = 'INSERT' or old.is_superuser <> new.is_superuser then
        raise exception 'Nobody is made a superuser here: the owner of the database does.'
            using errcode = 'insufficient_privilege', hint = 'Propose a change of roles.';
    end if;
    return new;
end $$;

create trigger accounts_are_made_without_power before insert on governance_user
    for each row when (new.is_superuser) execute function governance_refuse_renaming();
create trigger accounts_keep_their_name before update on governance_user
    for each row when (old.username <> new.username
        or old.is_superuser <> new.is_superuser)
    execute function governance_refuse_renaming();
"""

ROLES = "Who has which role is agreed on: ask for a change of roles; two others decide."
RIGHTS = "What a role may do is written by the owner of the database, and by nobody else."
OWNING = "Who owns and stewards a domain is agreed on; its groups are the owner''s to make."
EVERYTHING = "insert or update or delete or truncate"
BY_HAND = {
    "governance_user_groups": ("update or delete or truncate", ROLES),
    "governance_user_user_permissions": (EVERYTHING, ROLES),
    "auth_group": (EVERYTHING, RIGHTS),
    "auth_group_permissions": (EVERYTHING, RIGHTS),
    "auth_permission": (EVERYTHING, RIGHTS),
    "django_content_type": (EVERYTHING, RIGHTS),
    "governance_domain": ("insert or delete or truncate", OWNING),
    "governance_domainright": (EVERYTHING, OWNING),
    "guardian_groupobjectpermission": (EVERYTHING, RIGHTS),
    "guardian_userobjectpermission": (EVERYTHING, RIGHTS),
}
NOT_BY_HAND = """
create trigger rights_are_agreed before {events} on {table}
    execute function governance_refuse_by_hand('{sentence}');
"""
# A domain may be called otherwise; who answers for it, and by what it is known, stays.
OWNED = f"""
create trigger owners_are_agreed before update on governance_domain
    for each row when ((old.id, old.key, old.owners_id, old.stewards_id)
        is distinct from (new.id, new.key, new.owners_id, new.stewards_id))
    execute function governance_refuse_by_hand('{OWNING}');
"""
JOINING = f"""
create trigger memberships_are_agreed before insert on governance_user_groups
    for each row execute function governance_refuse_membership('{ROLES}');
"""

FOLLOWED = """
-- The domains a permission says somebody owns or stewards.
create function governance_shares(state text, body jsonb)
returns table (part text, domain text)
language sql immutable set search_path = public, pg_temp as $$
    select p, jsonb_array_elements_text(coalesce(body -> p, '[]'))
    from unnest(array['owns', 'stewards']) p where state <> 'retired'
$$;

create function governance_seat() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    who bigint := (select id from governance_user where username = new.key);
    unknown text;
    wanted int[];
begin
    if who is null then
        raise exception 'There is no account %: it is made first, and given roles then.',
            new.key using errcode = 'foreign_key_violation';
    end if;
    -- A domain's groups are no roles: what they may is asked for as owning the domain.
    select string_agg(role, ', ' order by role) into unknown
    from jsonb_array_elements_text(new.body -> 'roles') role
    where not exists (select 1 from auth_group g where g.name = role and not exists (
        select 1 from governance_domain d where g.id in (d.owners_id, d.stewards_id)));
    if unknown is not null then
        raise exception 'There is no role %.', unknown
            using errcode = 'foreign_key_violation';
    end if;
    select string_agg(s.domain, ', ' order by s.domain) into unknown
    from governance_shares(new.state, new.body) s
    where not exists (select 1 from governance_domain d where d.key = s.domain);
    if unknown is not null then
        raise exception 'There is no domain %.', unknown
            using errcode = 'foreign_key_violation';
    end if;
    wanted := array(
        select g.id from auth_group g
        join jsonb_array_elements_text(new.body -> 'roles') role on role = g.name
        where new.state <> 'retired'
        union
        select case s.part when 'owns' then d.owners_id else d.stewards_id end
        from governance_shares(new.state, new.body) s
        join governance_domain d on d.key = s.domain
    );
    delete from governance_user_groups where user_id = who and group_id <> all(wanted);
    insert into governance_user_groups (user_id, group_id)
    select who, role from unnest(wanted) role
    on conflict do nothing;
    return null;
end $$;

create trigger people_follow_what_was_agreed after insert on governance_version
    for each row when (new.kind = 'permission') execute function governance_seat();
"""

DECIDED = """
-- The domains somebody is given or loses by a revision.
create function governance_shares_moved(revision bigint) returns table (domain text)
language sql stable set search_path = public, pg_temp as $$
    with asked as (
        select o.id, s.part, s.domain from governance_operation o,
            governance_shares(o.state, o.body) s
        where o.revision_id = revision and o.kind = 'permission'
    ), held as (
        select o.id, s.part, s.domain from governance_operation o
        join governance_version v on v.id = o.base_id, governance_shares(v.state, v.body) s
        where o.revision_id = revision and o.kind = 'permission'
        union
        -- What somebody has that was never agreed on, from before it had to be.
        select o.id, case d.owners_id when m.group_id then 'owns' else 'stewards' end, d.key
        from governance_operation o
        join governance_user u on u.username = o.key
        join governance_user_groups m on m.user_id = u.id
        join governance_domain d on m.group_id in (d.owners_id, d.stewards_id)
        where o.revision_id = revision and o.kind = 'permission' and o.base_id is null
    )
    select a.domain from (select * from asked except select * from held) a
    union
    select h.domain from (select * from held except select * from asked) h
$$;

create or replace function governance_domains(revision bigint) returns table (domain text)
language sql stable set search_path = public, pg_temp as $$
    select o.domain_id from governance_operation o where o.revision_id = revision
    union
    select v.domain_id from governance_operation o
    join governance_version v on v.id = o.base_id where o.revision_id = revision
    union
    select m.domain from governance_shares_moved(revision) m
$$;

create function governance_is_about_people(revision bigint) returns boolean
language sql stable set search_path = public, pg_temp as $$
    select exists (select 1 from governance_operation o
        where o.revision_id = revision and o.kind = 'permission')
$$;

-- Whether the revision is about what the person may do.
create function governance_is_about(revision bigint, who bigint) returns boolean
language sql stable set search_path = public, pg_temp as $$
    select exists (select 1 from governance_operation o
        join governance_user u on u.username = o.key
        where o.revision_id = revision and o.kind = 'permission' and u.id = who)
$$;

create or replace function governance_may_decide(request bigint, who bigint)
returns boolean language sql stable set search_path = public, pg_temp as $$
    select exists (
        select 1 from governance_user u
        where u.id = who and u.is_active and not u.is_superuser
    ) and not exists (
        select 1 from governance_contributor c
        where c.request_id = request and c.user_id = who
    ) and not exists (
        select 1 from governance_changerequest r
        where r.id = request and r.requested_by_id = who
    ) and not exists (
        select 1 from governance_changerequest r
        join governance_revision v on v.request_id = r.id and v.number = r.revision
        where r.id = request and governance_is_about(v.id, who)
    )
$$;

create or replace function governance_answers(revision bigint, who bigint)
returns boolean language sql stable set search_path = public, pg_temp as $$
    select exists (
        select 1 from governance_domains(revision) t
        join governance_domain d on d.key = t.domain
        join governance_user_groups ug on ug.user_id = who
        where ug.group_id = d.owners_id
        or governance_held_risk(revision) = 'low' and ug.group_id = d.stewards_id
    ) or exists (
        select 1 from governance_operation o
        join governance_user_groups ug on ug.user_id = who
        join auth_group g on g.id = ug.group_id
        where o.revision_id = revision and (o.kind = 'consent' and g.name = 'privacy'
            or o.kind = 'permission' and g.name = 'admin')
    )
$$;

-- Whoever lets people in stands behind it: asked for it, or said yes; never for themselves.
create function governance_is_vouched_for(asked bigint, said bigint, yes bigint[])
returns boolean language sql stable set search_path = public, pg_temp as $$
    select exists (
        select 1 from governance_user_groups ug
        join auth_group g on g.id = ug.group_id and g.name = 'admin'
        join governance_user u on u.id = ug.user_id and u.is_active and not u.is_superuser
        join governance_changerequest r on r.id = asked
        where (ug.user_id = any(yes) or ug.user_id = r.requested_by_id)
        and not governance_is_about(said, ug.user_id)
    )
$$;

create or replace function governance_unapproved(wanted bigint) returns text
language plpgsql stable set search_path = public, pg_temp as $$
declare
    asked record;
    yes bigint[];
    needed int;
    missing text;
begin
    select r.cycle, v.id as revision_id, v.digest,
        governance_held_risk(v.id) as risk into asked
    from governance_changerequest r
    join governance_revision v on v.request_id = r.id and v.number = r.revision
    where r.id = wanted;
    if asked.digest is null or asked.digest = '' then
        return 'it asks for nothing';
    end if;
    select coalesce(array_agg(distinct d.by_id), '{}') into yes
    from governance_decision d
    where d.request_id = wanted and d.revision_id = asked.revision_id
    and d.digest = asked.digest and d.cycle = asked.cycle and d.verdict = 'approve'
    and governance_may_decide(wanted, d.by_id)
    and governance_answers(asked.revision_id, d.by_id);
    needed := case asked.risk when 'high' then 2 else 1 end;
    if cardinality(yes) < needed then
        return format('it needs %s approval(s) and has %s', needed, cardinality(yes));
    end if;
    select string_agg(d.name, ', ' order by d.name) into missing
    from governance_domains(asked.revision_id) t
    join governance_domain d on d.key = t.domain
    where not exists (
        select 1 from governance_user_groups ug where ug.user_id = any(yes)
        and (ug.group_id = d.owners_id
            or asked.risk = 'low' and ug.group_id = d.stewards_id)
    );
    if missing is not null then
        return format('nobody who answers for %s has approved it', missing);
    end if;
    if exists (select 1 from governance_operation o
        where o.revision_id = asked.revision_id and o.kind = 'consent')
    and not exists (select 1 from governance_user_groups ug
        join auth_group g on g.id = ug.group_id
        where ug.user_id = any(yes) and g.name = 'privacy')
    then
        return 'it is about consent, and the privacy office has not approved it';
    end if;
    if governance_is_about_people(asked.revision_id)
        and not governance_is_vouched_for(wanted, asked.revision_id, yes)
    then
        return 'it is about what somebody may do, and no administrator has asked for it'
            ' or approved it';
    end if;
    return null;
end $$;

create or replace function governance_overridden(wanted bigint) returns boolean
language sql stable set search_path = public, pg_temp as $$
    select exists (
        select 1 from governance_decision d
        join governance_changerequest r on r.id = d.request_id
        join governance_revision v on v.id = d.revision_id and v.number = r.revision
        where r.id = wanted and d.cycle = r.cycle and d.digest = v.digest
        and d.verdict = 'override' and r.review_due_at is not null
        and governance_may_override(d.by_id) and not governance_is_about_people(v.id)
    )
$$;

create function governance_refuse_seizing() returns trigger
language plpgsql set search_path = public, pg_temp as $$
begin
    if governance_is_about_people(new.revision_id) then
        raise exception 'Who may do what is no emergency: two others decide on it.'
            using errcode = 'insufficient_privilege',
            hint = 'An account is shut at once by an administrator.';
    end if;
    return new;
end $$;
create trigger rights_are_not_seized before insert on governance_decision
    for each row when (new.verdict = 'override')
    execute function governance_refuse_seizing();
"""

BY_DOMAIN = """
-- What a domain's groups may do in it, row by row.
create function governance_write_rights(wanted bigint) returns void
language sql security definer set search_path = public, pg_temp as $$
    with agreed as (
        select d.id as domain, r.codename, r.role
        from governance_domain d, lateral (values
            ('own_domain', d.owners_id), ('steward_domain', d.owners_id),
            ('steward_domain', d.stewards_id)) r (codename, role)
        where d.id = wanted
    ), named as (
        select distinct a.domain, a.role, p.id as permission from agreed a
        join auth_permission p on p.codename = a.codename
        join django_content_type t on t.id = p.content_type_id
            and t.app_label = 'governance' and t.model = 'domain'
    ), gone as (
        delete from governance_domainright h where h.content_object_id = wanted
        and not exists (select 1 from named n
            where n.role = h.group_id and n.permission = h.permission_id)
    )
    insert into governance_domainright (content_object_id, group_id, permission_id)
    select domain, role, permission from named
    on conflict do nothing
$$;

create function governance_rights_follow() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform governance_write_rights(new.id);
    return null;
end $$;
create trigger rights_follow_the_domain
    after insert or update of owners_id, stewards_id on governance_domain
    for each row execute function governance_rights_follow();
"""

# Whoever may execute a trigger's function may hang it on a table of theirs, and say there
# what was agreed on.
LOCKED = """
revoke execute on function governance_seat() from public;
revoke execute on function governance_rights_follow() from public;
revoke execute on function governance_write_rights(bigint) from public;
revoke execute on function governance_refuse_by_hand() from public;
revoke execute on function governance_refuse_membership() from public;
revoke execute on function governance_refuse_renaming() from public;
revoke execute on function governance_refuse_seizing() from public;
"""


def write_rights(apps, schema_editor):
    """Give the groups of the domains that are there already what they may do in them."""
    alias = schema_editor.connection.alias
    app_config = apps.get_app_config("governance")
    app_config.models_module = True
    create_contenttypes(app_config, apps=apps, using=alias, verbosity=0)
    create_permissions(app_config, apps=apps, using=alias, verbosity=0)
    app_config.models_module = None
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("select governance_write_rights(id) from governance_domain")


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("governance", "0018_previews_stand_behind_decisions"),
        (
            "guardian",
            "0003_remove_groupobjectpermission_guardian_gr_content_ae6aec_idx_and_more",
        ),
        ("measurement", "0002_app_role_may_read_and_write"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='domain',
            options={'permissions': [('own_domain', 'Answers for the domain'), ('steward_domain', 'Looks after the domain')]},
        ),
        migrations.CreateModel(
            name='DomainRight',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('content_object', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rights', to='governance.domain')),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='auth.group')),
                ('permission', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='auth.permission')),
            ],
            options={
                'abstract': False,
                'unique_together': {('group', 'permission', 'content_object')},
            },
        ),
        migrations.RunSQL(REFUSED, migrations.RunSQL.noop),
        migrations.RunSQL(JOINING, migrations.RunSQL.noop),
        migrations.RunSQL(OWNED, migrations.RunSQL.noop),
        *(
            migrations.RunSQL(
                NOT_BY_HAND.format(table=table, events=events, sentence=sentence),
                migrations.RunSQL.noop,
            )
            for table, (events, sentence) in BY_HAND.items()
        ),
        migrations.RunSQL(FOLLOWED, migrations.RunSQL.noop),
        migrations.RunSQL(DECIDED, migrations.RunSQL.noop),
        migrations.RunSQL(BY_DOMAIN, migrations.RunSQL.noop),
        migrations.RunSQL(LOCKED, migrations.RunSQL.noop),
        migrations.RunPython(write_rights, migrations.RunPython.noop),
    ]
