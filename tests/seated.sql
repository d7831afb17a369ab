-- How tests come by people with roles, and by domains: functions of the owner of the
-- tables, made in the databases of tests and in no migration. Whatever else a test writes,
-- it writes as the app's role, which is refused.
create schema seated;
grant usage on schema seated to {app};

create function seated.with_groups(who bigint, groups text[]) returns void
language sql security definer set search_path = public, pg_temp as $$
    delete from governance_user_groups where user_id = who
    and group_id not in (select id from auth_group where name = any(groups));
    insert into governance_user_groups (user_id, group_id)
    select who, id from auth_group where name = any(groups)
    on conflict do nothing
$$;

create function seated.superuser(who bigint) returns void
language sql security definer set search_path = public, pg_temp as $$
    update governance_user set is_superuser = true where id = who
$$;

create function seated.grouped(called text) returns bigint
language sql security definer set search_path = public, pg_temp as $$
    insert into auth_group (name) values (called) returning id
$$;

create function seated.domain(called text, named text) returns bigint
language sql security definer set search_path = public, pg_temp as $$
    with made as (
        insert into governance_domain (key, name, owners_id, stewards_id)
        values (called, named,
            seated.grouped(called || ' owners'), seated.grouped(called || ' stewards'))
        returning *
    )
    insert into governance_domainhistory
        (id, key, name, owners_id, stewards_id, history_date, history_type)
    select id, key, name, owners_id, stewards_id, now(), '+' from made
    returning id
$$;
