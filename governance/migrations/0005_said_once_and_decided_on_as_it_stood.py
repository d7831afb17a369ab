"""A revision is its content, a decision is on it, and neither changes afterwards."""

from django.db import migrations

CONTENT = """
create function governance_fill_digest() returns trigger language plpgsql as $$
begin
    new.digest := governance_digest(
        new.kind, new.key, new.domain_id, new.state, new.successor, new.body
    );
    return new;
end $$;

create trigger digest_is_of_the_content before insert on governance_operation
    for each row execute function governance_fill_digest();
create trigger a_digest_is_of_the_content before insert on governance_version
    for each row execute function governance_fill_digest();

create function governance_revision_digest(revision bigint) returns text
language sql stable as $$
    select encode(sha256(convert_to(string_agg(
        digest || ' ' || coalesce(base_id::text, 'new'), ' ' order by position, id
    ), 'UTF8')), 'hex')
    from governance_operation where revision_id = revision
$$;

alter table governance_version add constraint version_is_as_proposed
    foreign key (operation_id, kind, key, digest)
    references governance_operation (id, kind, key, digest);
alter table governance_decision add constraint decision_is_on_that_content
    foreign key (revision_id, request_id, digest)
    references governance_revision (id, request_id, digest);
alter table governance_decision add constraint decision_names_who_asked
    foreign key (request_id, requested_by_id)
    references governance_changerequest (id, requested_by_id);
alter table governance_application add constraint application_is_of_that_content
    foreign key (revision_id, request_id, digest)
    references governance_revision (id, request_id, digest);
"""

FROZEN = """
create function governance_refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is kept as it was written: no % of it is possible.',
        tg_table_name, lower(tg_op)
        using errcode = 'restrict_violation',
        hint = 'Propose a new change request instead.';
end $$;

create trigger operations_are_kept before update or delete on governance_operation
    for each row execute function governance_refuse_change();
create trigger operations_are_not_emptied before truncate on governance_operation
    execute function governance_refuse_change();
create trigger decisions_are_kept before update or delete on governance_decision
    for each row execute function governance_refuse_change();
create trigger decisions_are_not_emptied before truncate on governance_decision
    execute function governance_refuse_change();
create trigger applications_are_kept before update or delete on governance_application
    for each row execute function governance_refuse_change();
create trigger applications_are_not_emptied before truncate on governance_application
    execute function governance_refuse_change();
create trigger contributors_are_kept before update or delete on governance_contributor
    for each row execute function governance_refuse_change();
create trigger contributors_are_not_emptied before truncate on governance_contributor
    execute function governance_refuse_change();
create trigger comments_are_kept before update or delete on governance_comment
    for each row execute function governance_refuse_change();
create trigger revisions_are_kept before delete on governance_revision
    for each row execute function governance_refuse_change();
create trigger revisions_are_not_emptied before truncate on governance_revision
    execute function governance_refuse_change();
create trigger requests_are_kept before delete on governance_changerequest
    for each row execute function governance_refuse_change();
create trigger requests_are_not_emptied before truncate on governance_changerequest
    execute function governance_refuse_change();

create function governance_finish_revision() returns trigger language plpgsql as $$
begin
    if old.digest <> '' or (new.id, new.request_id, new.number, new.made_by_id, new.made_at)
        is distinct from (old.id, old.request_id, old.number, old.made_by_id, old.made_at)
    then
        raise exception 'Revision % of request % is written down already.',
            old.number, old.request_id using errcode = 'restrict_violation',
            hint = 'Make a new revision.';
    end if;
    new.digest := governance_revision_digest(new.id);
    if new.digest is null then
        raise exception 'Revision % of request % asks for nothing.',
            old.number, old.request_id using errcode = 'restrict_violation';
    end if;
    return new;
end $$;

create trigger a_revision_is_its_operations before update on governance_revision
    for each row execute function governance_finish_revision();

create function governance_begin_revision() returns trigger language plpgsql as $$
begin
    new.digest := '';
    if new.made_by_id is not null then
        insert into governance_contributor (request_id, user_id)
        values (new.request_id, new.made_by_id) on conflict do nothing;
    end if;
    return new;
end $$;

create trigger whoever_writes_contributes before insert on governance_revision
    for each row execute function governance_begin_revision();

create function governance_add_operation() returns trigger language plpgsql as $$
begin
    if (select digest from governance_revision where id = new.revision_id) <> '' then
        raise exception 'The revision is written down already: nothing can be added.'
            using errcode = 'restrict_violation', hint = 'Make a new revision.';
    end if;
    return new;
end $$;

create trigger operations_come_before_the_digest before insert on governance_operation
    for each row execute function governance_add_operation();
"""


class Migration(migrations.Migration):
    dependencies = [("governance", "0004_requests_versions_and_the_log")]

    operations = [
        migrations.RunSQL(CONTENT, migrations.RunSQL.noop),
        migrations.RunSQL(FROZEN, migrations.RunSQL.noop),
    ]
