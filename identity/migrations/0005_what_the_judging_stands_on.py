"""Values set aside and weights of evidence: kept as they were written."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


# jsonb writes its keys in one order, so the same weights are always the same text.
DIGEST = """
create function identity_digest(body jsonb) returns text
language sql immutable strict parallel safe set search_path = pg_catalog
return encode(sha256(convert_to(body::text, 'UTF8')), 'hex');
"""

KEPT = """
create function identity_refuse_change() returns trigger
language plpgsql set search_path = public, pg_temp as $$
begin
    raise exception '% is kept as it was written: no % of it is possible.',
        tg_table_name, lower(tg_op) using errcode = 'restrict_violation';
end $$;
create function identity_lift() returns trigger
language plpgsql set search_path = public, pg_temp as $$
begin
    if old.lifted_at is not null
        or (to_jsonb(new) - array['lifted_at', 'records', 'surnames'])
            <> (to_jsonb(old) - array['lifted_at', 'records', 'surnames'])
    then
        raise exception 'A value is set aside as it was written: it is counted, and lifted'
            ' once.' using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
revoke execute on function identity_refuse_change(), identity_lift() from public;

create trigger models_are_kept before update or delete on identity_matchmodel
    for each row execute function identity_refuse_change();
create trigger models_are_not_emptied before truncate on identity_matchmodel
    execute function identity_refuse_change();
create trigger values_are_lifted_once before update on identity_quarantinedvalue
    for each row execute function identity_lift();
create trigger values_set_aside_are_kept before delete on identity_quarantinedvalue
    for each row execute function identity_refuse_change();
create trigger values_set_aside_are_not_emptied before truncate
    on identity_quarantinedvalue execute function identity_refuse_change();
"""

GONE = """
drop trigger models_are_kept on identity_matchmodel;
drop trigger models_are_not_emptied on identity_matchmodel;
drop trigger values_are_lifted_once on identity_quarantinedvalue;
drop trigger values_set_aside_are_kept on identity_quarantinedvalue;
drop trigger values_set_aside_are_not_emptied on identity_quarantinedvalue;
drop function identity_refuse_change(), identity_lift();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('governance', '0022_identifiers_are_agreed_on'),
        ('identity', '0004_named_as_people_say'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(DIGEST, "drop function identity_digest(jsonb)"),
        migrations.CreateModel(
            name='MatchModel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('body', models.JSONField(help_text='Weights by feature and level, as the scorer reads them.')),
                ('digest', models.GeneratedField(db_persist=True, expression=models.Func(models.F('body'), function='identity_digest'), output_field=models.CharField(max_length=64))),
                ('origin', models.CharField(choices=[('cold_start', 'Made without answers'), ('learned', "Learned from stewards' answers")], max_length=10)),
                ('answers', models.PositiveIntegerField(default=0, help_text='How many pairs with a known answer it was made from.')),
                ('measured', models.JSONField(default=dict)),
                ('made_at', models.DateTimeField()),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-made_at', '-pk'],
                'constraints': [models.UniqueConstraint(fields=('digest',), name='same_weights_are_one_model'), models.CheckConstraint(condition=models.Q(models.Q(('answers', 0), ('origin', 'cold_start')), models.Q(('answers__gt', 0), ('origin', 'learned')), _connector='OR'), name='what_learned_had_answers')],
            },
        ),
        migrations.CreateModel(
            name='QuarantinedValue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(help_text='The key of its identifier.', max_length=20)),
                ('value', models.TextField()),
                ('why', models.CharField(choices=[('crowded', 'Shared by too many'), ('steward', 'A steward said so')], max_length=10)),
                ('records', models.PositiveIntegerField(default=0)),
                ('surnames', models.PositiveIntegerField(default=0)),
                ('since', models.DateTimeField()),
                ('lifted_at', models.DateTimeField(null=True)),
                ('reason', models.TextField(blank=True, default='')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('storefront', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.storefront')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('lifted_at', None)), fields=('storefront', 'kind', 'value'), name='value_is_set_aside_once_now'), models.CheckConstraint(condition=models.Q(('lifted_at', None), ('lifted_at__gt', models.F('since')), _connector='OR'), name='value_is_lifted_after_it_was_set_aside'), models.CheckConstraint(condition=models.Q(models.Q(('by', None), ('why', 'crowded')), models.Q(('by__isnull', False), ('why', 'steward'), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='who_sets_a_value_aside_says_why')],
            },
        ),
        migrations.RunSQL(KEPT, GONE),
    ]
