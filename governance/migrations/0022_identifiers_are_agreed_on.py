"""What a value must be to join people is agreed on like any rule of identity: by two."""

from django.db import migrations, models

RISK = """
create or replace function governance_risk(revision bigint) returns text
language sql stable as $$
    select case max(
        case
            when o.kind in ('ownership', 'mapping', 'storefront', 'source', 'stream',
                'kpi', 'attribution', 'identity', 'identifier', 'consent', 'quality',
                'permission')
                then 3
            when o.kind = 'field' and v.id is not null and o.state = v.state
                and o.successor = v.successor and o.domain_id = v.domain_id
                and (o.body - words) = (v.body - words)
                then 1
            else 2
        end
    ) when 3 then 'high' when 2 then 'medium' else 'low' end
    from governance_operation o
    left join governance_version v on v.id = o.base_id,
    (select array['name', 'meaning', 'example', 'decision', 'synonyms', 'unit']) w (words)
    where o.revision_id = revision
$$;
"""

AS_BEFORE = """
create or replace function governance_risk(revision bigint) returns text
language sql stable as $$
    select case max(
        case
            when o.kind in ('ownership', 'mapping', 'storefront', 'source', 'stream',
                'kpi', 'attribution', 'identity', 'consent', 'quality', 'permission')
                then 3
            when o.kind = 'field' and v.id is not null and o.state = v.state
                and o.successor = v.successor and o.domain_id = v.domain_id
                and (o.body - words) = (v.body - words)
                then 1
            else 2
        end
    ) when 3 then 'high' when 2 then 'medium' else 'low' end
    from governance_operation o
    left join governance_version v on v.id = o.base_id,
    (select array['name', 'meaning', 'example', 'decision', 'synonyms', 'unit']) w (words)
    where o.revision_id = revision
$$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('governance', '0021_who_edits_an_account_blocks_nobody'),
    ]

    operations = [
        migrations.AlterField(
            model_name='operation',
            name='kind',
            field=models.CharField(choices=[('field', 'Field'), ('ownership', 'Field ownership'), ('mapping', 'Field mapping'), ('storefront', 'Storefront'), ('source', 'Source'), ('stream', 'Stream'), ('channel', 'Channel'), ('campaign_rule', 'Campaign rule'), ('dimension', 'Shared dimension'), ('kpi', 'KPI'), ('attribution', 'Attribution model'), ('identity', 'Identity rules'), ('identifier', 'Identifier policy'), ('consent', 'Consent purpose'), ('quality', 'Quality threshold'), ('permission', 'Permission')], max_length=16),
        ),
        migrations.AlterField(
            model_name='version',
            name='kind',
            field=models.CharField(choices=[('field', 'Field'), ('ownership', 'Field ownership'), ('mapping', 'Field mapping'), ('storefront', 'Storefront'), ('source', 'Source'), ('stream', 'Stream'), ('channel', 'Channel'), ('campaign_rule', 'Campaign rule'), ('dimension', 'Shared dimension'), ('kpi', 'KPI'), ('attribution', 'Attribution model'), ('identity', 'Identity rules'), ('identifier', 'Identifier policy'), ('consent', 'Consent purpose'), ('quality', 'Quality threshold'), ('permission', 'Permission')], max_length=16),
        ),
        migrations.RunSQL(RISK, AS_BEFORE),
    ]
