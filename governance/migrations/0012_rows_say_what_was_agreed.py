"""The rows the steps read are those that versions in force say, no more and no others.

Asked at the end of a transaction, for what takes effect moves several rows at once. While
the registry has not begun, nothing is asked: a mapping file may be registered freely.
"""

from django.db import migrations

# Each view gives the rows as versions say them beside the rows as they are.
VIEWS = """
create view governance_agreed_row as
    select 'campaign_rule' as kind, null::text as key, jsonb_build_object(
        'position', body -> 'position', 'channel', body -> 'channel',
        'source', body -> 'source', 'medium', body -> 'medium',
        'campaign', body -> 'campaign', 'referrer', body -> 'referrer') as said
    from governance_version
    where kind = 'campaign_rule' and upper_inf(valid_during) and state <> 'retired'
    union all
    select kind, key, jsonb_build_object(
        'name', body -> 'name', 'position', body -> 'position')
    from governance_version where kind = 'channel' and upper_inf(valid_during)
    union all
    select kind, key, body -> 'rule' from governance_version
    where kind = 'mapping' and upper_inf(valid_during) and state <> 'retired'
    union all
    select kind, key, jsonb_build_object('name', body -> 'name', 'kind', body -> 'kind',
        'storefront', body -> 'storefront', 'time_zone', body -> 'time_zone',
        'currency', body -> 'currency', 'cadence', body -> 'cadence')
    from governance_version where kind = 'source' and upper_inf(valid_during)
    union all
    select kind, key, jsonb_build_object('position', body -> 'position',
        'grain', body -> 'grain', 'delimiter', body -> 'delimiter',
        'encoding', body -> 'encoding', 'is_generated', body -> 'is_generated')
    from governance_version where kind = 'stream' and upper_inf(valid_during)
    union all
    select kind, key, jsonb_build_object('name', body -> 'name',
        'time_zone', body -> 'time_zone', 'currency', body -> 'currency',
        'is_generated', body -> 'is_generated',
        'generated_note', body -> 'generated_note',
        'panel_starts_on', body -> 'panel_starts_on')
    from governance_version where kind = 'storefront' and upper_inf(valid_during);

create view governance_held_row as
    select 'campaign_rule' as kind, null::text as key, jsonb_build_object(
        'position', r.position, 'channel', c.key, 'source', r.source,
        'medium', r.medium, 'campaign', r.campaign, 'referrer', r.referrer) as said
    from governance_campaignrule r join governance_channel c on c.id = r.channel_id
    union all
    select 'channel', key, jsonb_build_object('name', name, 'position', position)
    from governance_channel
    union all
    select 'mapping', y.key || '/' || s.key || ':' || m.entity || '.' || m.field, m.rule
    from governance_fieldmapping m join governance_sourcestream s on s.id = m.stream_id
    join governance_sourcesystem y on y.id = s.system_id
    union all
    select 'source', y.key, jsonb_build_object('name', y.name, 'kind', y.kind,
        'storefront', f.key, 'time_zone', y.time_zone, 'currency', y.currency,
        'cadence', y.cadence)
    from governance_sourcesystem y join governance_storefront f on f.id = y.storefront_id
    union all
    select 'stream', y.key || '/' || s.key, jsonb_build_object('position', s.position,
        'grain', s.grain, 'delimiter', s.delimiter, 'encoding', s.encoding,
        'is_generated', s.is_generated)
    from governance_sourcestream s join governance_sourcesystem y on y.id = s.system_id
    union all
    select 'storefront', key, jsonb_build_object('name', name, 'time_zone', time_zone,
        'currency', currency, 'is_generated', is_generated,
        'generated_note', generated_note,
        'panel_starts_on', coalesce(panel_starts_on::text, ''))
    from governance_storefront;
"""

GUARD = """
create function governance_rows_are_agreed() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    wrong record;
begin
    if not exists (
        select 1 from governance_changerequest where is_bootstrap and state = 'applied'
    ) then
        return null;
    end if;
    select * into wrong from (
        (select kind, key, said from governance_held_row where kind = tg_argv[0]
         except select kind, key, said from governance_agreed_row where kind = tg_argv[0])
        union all
        (select kind, key, said from governance_agreed_row where kind = tg_argv[0]
         except select kind, key, said from governance_held_row where kind = tg_argv[0])
    ) w limit 1;
    if found then
        raise exception 'The % % is not what was agreed: %.',
            replace(wrong.kind, '_', ' '), coalesce(wrong.key, ''), wrong.said
            using errcode = 'restrict_violation', hint = 'Propose a change request.';
    end if;
    return null;
end $$;
"""

TABLES = {
    "governance_campaignrule": "campaign_rule",
    "governance_channel": "channel",
    "governance_fieldmapping": "mapping",
    "governance_sourcesystem": "source",
    "governance_sourcestream": "stream",
    "governance_storefront": "storefront",
}
TRIGGER = """
create constraint trigger rows_are_agreed
    after insert or update or delete on {table}
    deferrable initially deferred
    for each row execute function governance_rows_are_agreed('{kind}');
"""
NO_TRUNCATE = """
create trigger rows_are_not_emptied before truncate on {table}
    execute function governance_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("governance", "0011_letters_looks_and_what_the_auditor_reads")]

    operations = [
        migrations.RunSQL(VIEWS, migrations.RunSQL.noop),
        migrations.RunSQL(GUARD, migrations.RunSQL.noop),
        *(
            migrations.RunSQL(
                (TRIGGER + NO_TRUNCATE).format(table=table, kind=kind),
                migrations.RunSQL.noop,
            )
            for table, kind in TABLES.items()
        ),
    ]
