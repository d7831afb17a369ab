"""Who must have said yes before a request may take effect, asked of the rows themselves."""

from django.db import migrations

# Words about a field change no number; what decides what a number is, does.
RISK = """
create function governance_risk(revision bigint) returns text language sql stable as $$
    select case max(
        case
            when o.kind in ('ownership', 'mapping', 'storefront', 'source', 'stream',
                'kpi', 'attribution', 'identity', 'consent', 'quality', 'permission')
                then 3
            when o.kind = 'field' and v.id is not null and o.state = v.state
                and o.domain_id = v.domain_id and (o.body - words) = (v.body - words)
                then 1
            else 2
        end
    ) when 3 then 'high' when 2 then 'medium' else 'low' end
    from governance_operation o
    left join governance_version v on v.id = o.base_id,
    (select array['name', 'meaning', 'example', 'decision', 'synonyms', 'unit']) w (words)
    where o.revision_id = revision
$$;

create function governance_rank(risk text) returns int language sql immutable as $$
    select array_position(array['low', 'medium', 'high'], risk)
$$;
"""

APPROVED = """
create function governance_may_decide(request bigint, who bigint)
returns boolean language sql stable as $$
    select exists (
        select 1 from governance_user u
        where u.id = who and u.is_active and not u.is_superuser
    ) and not exists (
        select 1 from governance_contributor c
        where c.request_id = request and c.user_id = who
    ) and not exists (
        select 1 from governance_changerequest r
        where r.id = request and r.requested_by_id = who
    )
$$;

-- The domains a revision touches: those its definitions are in, and those they leave.
create function governance_domains(revision bigint) returns table (domain text)
language sql stable as $$
    select o.domain_id from governance_operation o where o.revision_id = revision
    union
    select v.domain_id from governance_operation o
    join governance_version v on v.id = o.base_id where o.revision_id = revision
$$;

-- Whether the revision touches something the person answers for.
create function governance_answers(revision bigint, who bigint)
returns boolean language sql stable as $$
    select exists (
        select 1 from governance_domains(revision) t
        join governance_domain d on d.key = t.domain
        join governance_user_groups ug on ug.user_id = who
        where ug.group_id = d.owners_id
        or governance_risk(revision) = 'low' and ug.group_id = d.stewards_id
    ) or exists (
        select 1 from governance_operation o
        join governance_user_groups ug on ug.user_id = who
        join auth_group g on g.id = ug.group_id
        where o.revision_id = revision and o.kind = 'consent' and g.name = 'privacy'
    )
$$;

-- Why the request may not take effect; nothing, if it may.
create function governance_missing(wanted bigint) returns text
language plpgsql stable as $$
declare
    asked record;
    yes bigint[];
    missing text;
begin
    select r.*, v.id as revision_id, v.digest into asked
    from governance_changerequest r
    join governance_revision v on v.request_id = r.id and v.number = r.revision
    where r.id = wanted;
    if asked.digest is null or asked.digest = '' then
        return 'it asks for nothing';
    end if;
    if exists (
        select 1 from governance_decision d
        join governance_user_groups ug on ug.user_id = d.by_id
        join auth_group g on g.id = ug.group_id
        where d.request_id = wanted and d.revision_id = asked.revision_id
        and d.cycle = asked.cycle and d.verdict = 'override'
        and asked.review_due_at is not null and g.name in ('data_owner', 'admin')
    ) then
        return null;
    end if;
    select coalesce(array_agg(distinct d.by_id), '{}') into yes
    from governance_decision d
    where d.request_id = wanted and d.revision_id = asked.revision_id
    and d.digest = asked.digest and d.cycle = asked.cycle and d.verdict = 'approve'
    and governance_may_decide(wanted, d.by_id);
    if cardinality(yes) < (case asked.risk when 'high' then 2 else 1 end) then
        return format('it needs %s approval(s) and has %s',
            case asked.risk when 'high' then 2 else 1 end, cardinality(yes));
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
    return null;
end $$;
"""

WAY = """
create function governance_follow_the_way() returns trigger language plpgsql as $$
declare
    missing text;
    way text[] := array[
        'draft in_review', 'draft withdrawn',
        'in_review approved', 'in_review scheduled', 'in_review changes_requested',
        'in_review rejected', 'in_review withdrawn', 'in_review expired',
        'in_review draft', 'in_review conflicted', 'in_review applied',
        'changes_requested draft', 'changes_requested in_review',
        'changes_requested withdrawn', 'changes_requested expired',
        'approved scheduled', 'approved applied', 'approved conflicted',
        'approved failed', 'approved withdrawn', 'approved expired', 'approved draft',
        'scheduled approved', 'scheduled applied', 'scheduled conflicted',
        'scheduled failed', 'scheduled withdrawn', 'scheduled draft',
        'conflicted draft', 'conflicted withdrawn',
        'failed approved', 'failed applied', 'failed conflicted', 'failed withdrawn',
        'failed draft', 'applied superseded', 'applied reverted'];
begin
    if (new.id, new.requested_by_id, new.made_at, new.is_bootstrap, new.reverts_id)
        is distinct from
        (old.id, old.requested_by_id, old.made_at, old.is_bootstrap, old.reverts_id)
    then
        raise exception 'Who asked, when and for what is kept as it was written.'
            using errcode = 'restrict_violation';
    end if;
    if new.state <> old.state and not (old.state || ' ' || new.state = any(way))
        and not (old.is_bootstrap and old.state = 'draft' and new.state = 'applied')
    then
        raise exception 'A request that is % cannot become %.', old.state, new.state
            using errcode = 'restrict_violation';
    end if;
    if new.revision <> old.revision and new.state <> 'draft' then
        raise exception 'An edit puts a request back to draft.'
            using errcode = 'restrict_violation';
    end if;
    if (new.cycle <> old.cycle) <> (new.state = 'in_review' and old.state <> 'in_review')
        or new.cycle not in (old.cycle, old.cycle + 1)
    then
        raise exception 'Each time it is put to review counts once.'
            using errcode = 'restrict_violation';
    end if;
    if new.state <> old.state and new.state in ('in_review', 'approved', 'scheduled', 'applied')
        and not new.is_bootstrap
    then
        if governance_rank(new.risk) < governance_rank(governance_risk(
            (select id from governance_revision v
             where v.request_id = new.id and v.number = new.revision))) then
            raise exception 'What it touches is of higher risk than %.', new.risk
                using errcode = 'restrict_violation';
        end if;
    end if;
    return new;
end $$;

create trigger requests_follow_the_way before update on governance_changerequest
    for each row execute function governance_follow_the_way();

-- Asked of the rows as they are after the change: approvals, and what was written.
create function governance_arrive() returns trigger language plpgsql as $$
declare
    missing text;
begin
    if new.state = old.state then
        return null;
    end if;
    if new.state in ('approved', 'scheduled', 'applied') and not new.is_bootstrap then
        missing := governance_missing(new.id);
        if missing is not null then
            raise exception 'Request % cannot be %: %.', new.id, new.state, missing
                using errcode = 'insufficient_privilege';
        end if;
    end if;
    if new.state = 'applied' and not exists (
        select 1 from governance_application a
        join governance_revision v on v.id = a.revision_id
        where a.request_id = new.id and v.number = new.revision
    ) then
        raise exception 'Request % was not applied.', new.id
            using errcode = 'restrict_violation';
    end if;
    return null;
end $$;

create trigger requests_arrive_with_their_approvals after update on governance_changerequest
    for each row execute function governance_arrive();

create function governance_begin_request() returns trigger language plpgsql as $$
begin
    if new.state <> 'draft' or new.cycle <> 0 then
        raise exception 'A request begins as a draft.' using errcode = 'restrict_violation';
    end if;
    if new.is_bootstrap and (
        pg_get_userbyid((select relowner from pg_class
            where oid = 'governance_version'::regclass)) <> current_user
        or exists (select 1 from governance_version)
    ) then
        raise exception 'The registry begins once, and only its owner begins it.'
            using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$;

create trigger requests_begin_as_drafts before insert on governance_changerequest
    for each row execute function governance_begin_request();

create function governance_hear() returns trigger language plpgsql as $$
declare
    asked record;
begin
    select * into asked from governance_changerequest where id = new.request_id;
    if asked.cycle <> new.cycle or not exists (
        select 1 from governance_revision v where v.id = new.revision_id
        and v.number = asked.revision and v.request_id = asked.id)
    then
        raise exception 'The request was changed since: decide on what it asks for now.'
            using errcode = 'insufficient_privilege';
    end if;
    if asked.state <> 'in_review'
        and not (asked.state = 'applied' and asked.review_due_at is not null)
    then
        raise exception 'Request % is %, and not in review.', asked.id, asked.state
            using errcode = 'insufficient_privilege';
    end if;
    if new.verdict = 'approve' and not governance_may_decide(new.request_id, new.by_id) then
        raise exception 'Whoever wrote part of a request, or is a superuser, or has left,'
            ' cannot approve it.' using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$;

create trigger decisions_are_heard_in_review before insert on governance_decision
    for each row execute function governance_hear();
"""

GATE = """
create function governance_gate() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    asked record;
    held record;
    missing text;
begin
    select r.id, r.state, r.revision as wanted, r.is_bootstrap, r.effective_at,
        v.number, v.digest, o.base_id into asked
    from governance_operation o
    join governance_revision v on v.id = o.revision_id
    join governance_changerequest r on r.id = v.request_id
    where o.id = new.operation_id;
    if asked.id is null then
        raise exception 'No change request asks for % %.', new.kind, new.key
            using errcode = 'insufficient_privilege';
    end if;
    if asked.number <> asked.wanted or asked.digest = '' then
        raise exception 'Request % asks for something else by now.', asked.id
            using errcode = 'insufficient_privilege';
    end if;
    if asked.is_bootstrap then
        if asked.state <> 'draft' then
            raise exception 'The registry has begun already.'
                using errcode = 'insufficient_privilege';
        end if;
    else
        if asked.state not in ('approved', 'scheduled', 'failed', 'in_review') then
            raise exception 'Request % is %, and not approved.', asked.id, asked.state
                using errcode = 'insufficient_privilege';
        end if;
        missing := governance_missing(asked.id);
        if missing is not null then
            raise exception 'Request % cannot be applied: %.', asked.id, missing
                using errcode = 'insufficient_privilege';
        end if;
        if asked.effective_at > clock_timestamp() then
            raise exception 'Request % takes effect at %, and not before.',
                asked.id, asked.effective_at using errcode = 'insufficient_privilege';
        end if;
    end if;
    perform pg_advisory_xact_lock(hashtextextended(new.kind || ' ' || new.key, 42));
    select * into held from governance_version
    where kind = new.kind and key = new.key and upper_inf(valid_during);
    if held.id is distinct from asked.base_id then
        raise exception '% % has changed since it was proposed: version % holds now.',
            new.kind, new.key, held.number using errcode = 'serialization_failure';
    end if;
    new.number := coalesce(held.number, 0) + 1;
    -- The database's own clock: nobody writes the past.
    new.valid_during := tstzrange(clock_timestamp(), null);
    if held.id is not null then
        update governance_version
        set valid_during = tstzrange(lower(held.valid_during), lower(new.valid_during))
        where id = held.id;
    end if;
    return new;
end $$;

create trigger versions_pass_the_gate before insert on governance_version
    for each row execute function governance_gate();

create function governance_close_version() returns trigger language plpgsql as $$
begin
    if pg_trigger_depth() < 2 or not upper_inf(old.valid_during)
        or upper_inf(new.valid_during)
        or lower(new.valid_during) <> lower(old.valid_during)
        or (to_jsonb(new) - 'valid_during') <> (to_jsonb(old) - 'valid_during')
    then
        raise exception 'A version is kept as it was written; a new one ends it.'
            using errcode = 'restrict_violation',
            hint = 'Propose a change request.';
    end if;
    return new;
end $$;

create trigger versions_only_end before update on governance_version
    for each row execute function governance_close_version();
create trigger versions_are_kept before delete on governance_version
    for each row execute function governance_refuse_change();
create trigger versions_are_not_emptied before truncate on governance_version
    execute function governance_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("governance", "0005_said_once_and_decided_on_as_it_stood")]

    operations = [
        migrations.RunSQL(RISK, migrations.RunSQL.noop),
        migrations.RunSQL(APPROVED, migrations.RunSQL.noop),
        migrations.RunSQL(WAY, migrations.RunSQL.noop),
        migrations.RunSQL(GATE, migrations.RunSQL.noop),
    ]
