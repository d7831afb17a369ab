"""Pairs gain what ranks and explains them, and every answer to one is kept."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


# Value at risk, doubt and impact as powers of two, less one for each fortnight between a
# day long ago and when it was found. So a pair weighs twice as much for each fortnight it
# waits, and which of two comes first is the same at any moment: an index can serve it.
RANK = """
create function identity_rank(
    value numeric, probability float8, impact integer, found timestamptz
) returns float8
language sql immutable strict parallel safe set search_path = pg_catalog
return (
    ln((greatest(value, 0) + 1)::float8)
    + ln(greatest(probability * (1 - probability), 0.0001))
    + ln(greatest(impact, 1)::float8)
) / ln(2::float8)
    - (extract(epoch from (found - timestamptz '2020-01-01 00:00:00+00')) / 1209600)::float8;
"""

# What was decided before asks for nothing more.
DECIDED = """
update identity_matchcandidate set wants = '' where status in ('same', 'different');
"""

KEPT = """
create trigger answers_are_kept before update or delete on identity_answer
    for each row execute function identity_refuse_change();
create trigger answers_are_not_emptied before truncate on identity_answer
    execute function identity_refuse_change();
"""
GONE = """
drop trigger answers_are_kept on identity_answer;
drop trigger answers_are_not_emptied on identity_answer;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0007_what_stood_is_in_the_ledger'),
        ('measurement', '0013_reviews_open_and_fields_are_retired'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(
            RANK, 'drop function identity_rank(numeric, float8, integer, timestamptz)'
        ),
        migrations.CreateModel(
            name='Answer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('said', models.CharField(choices=[('merge', 'Merge'), ('not_same', 'Not the same'), ('household', 'Same household'), ('quarantine', 'Shared identifier'), ('cant_tell', "Can't tell"), ('refer', 'Refer'), ('hold', 'Hold'), ('undone', 'Undone')], max_length=10)),
                ('reason', models.TextField()),
                ('at', models.DateTimeField(db_index=True)),
                ('seconds', models.FloatField(help_text='How long it was looked at.', null=True)),
                ('read_as', models.CharField(default='first', max_length=6)),
                ('learn', models.BooleanField(default=True, help_text='Weights of evidence may learn from it.')),
                ('evidence_digest', models.CharField(blank=True, default='', max_length=64)),
                ('before', models.JSONField(default=dict)),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Household',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('made_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='HouseholdLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('started_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('reason', models.TextField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='matchcandidate',
            name='decided_pair_names_who_and_when',
        ),
        migrations.AddField(
            model_name='matchcandidate',
            name='claimed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='matchcandidate',
            name='claimed_until',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='matchcandidate',
            name='earlier',
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name='matchcandidate',
            name='evidence_digest',
            field=models.CharField(blank=True, default='', max_length=64),
        ),
        migrations.AddField(
            model_name='matchcandidate',
            name='held_until',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='matchcandidate',
            name='impact',
            field=models.PositiveIntegerField(default=2, help_text='How many records one answer touches.'),
        ),
        migrations.AddField(
            model_name='matchcandidate',
            name='known_answer',
            field=models.CharField(blank=True, default='', max_length=10),
        ),
        migrations.AddField(
            model_name='matchcandidate',
            name='model_version',
            field=models.CharField(blank=True, default='', max_length=80),
        ),
        migrations.AddField(
            model_name='matchcandidate',
            name='pattern',
            field=models.CharField(blank=True, default='', help_text='How the two compared, in all.', max_length=200),
        ),
        migrations.AddField(
            model_name='matchcandidate',
            name='policy_version',
            field=models.CharField(blank=True, default='', max_length=80),
        ),
        migrations.AddField(
            model_name='matchcandidate',
            name='referred_to',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='matchcandidate',
            name='value_at_risk',
            field=models.DecimalField(decimal_places=2, default=0, max_digits=16),
        ),
        migrations.AddField(
            model_name='matchcandidate',
            name='wants',
            field=models.CharField(blank=True, choices=[('', 'Nothing'), ('first', 'An answer'), ('doubt', 'A second reader, who settles a doubt'), ('blind', 'A second reader, who has not seen the first answer'), ('third', 'A third reader, where two have differed'), ('again', 'An answer to other evidence than before')], default='first', max_length=6),
        ),
        migrations.AddField(
            model_name='matchcandidate',
            name='waterfall',
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AlterField(
            model_name='matchcandidate',
            name='score',
            field=models.FloatField(default=0.5, help_text='How likely such pairs are. Decides nothing.'),
        ),
        migrations.AlterField(
            model_name='matchcandidate',
            name='status',
            field=models.CharField(choices=[('pending', 'Waiting'), ('same', 'Same person'), ('different', 'Not the same'), ('household', 'Same household'), ('held', 'Held'), ('referred', 'Referred'), ('doubtful', 'Doubtful')], default='pending', max_length=10),
        ),
        migrations.AddField(
            model_name='matchcandidate',
            name='rank',
            field=models.GeneratedField(db_persist=True, expression=models.Func(models.F('value_at_risk'), models.F('score'), models.F('impact'), models.F('found_at'), function='identity_rank'), output_field=models.FloatField()),
        ),
        migrations.RunSQL(DECIDED, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name='matchcandidate',
            index=models.Index(models.OrderBy(models.F('rank'), descending=True), models.F('id'), condition=models.Q(('wants', ''), _negated=True), name='pairs_to_read_next'),
        ),
        migrations.AddIndex(
            model_name='matchcandidate',
            index=models.Index(condition=models.Q(('wants', 'first')), fields=['pattern'], name='pairs_alike'),
        ),
        migrations.AddIndex(
            model_name='matchcandidate',
            index=models.Index(condition=models.Q(('claimed_by__isnull', False)), fields=['claimed_by'], name='pairs_claimed'),
        ),
        migrations.AddConstraint(
            model_name='matchcandidate',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('status__in', ['pending', 'held', 'referred', 'doubtful'])), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('status__in', ['same', 'different', 'household'])), _connector='OR'), name='decided_pair_names_who_and_when'),
        ),
        migrations.AddConstraint(
            model_name='matchcandidate',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['same', 'different', 'household']), ('wants__in', ['first', 'doubt']), _connector='OR'), name='undecided_pair_is_still_asked_about'),
        ),
        migrations.AddConstraint(
            model_name='matchcandidate',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(models.Q(('status', 'held'), _negated=True), ('held_until__isnull', False), _connector='OR'), models.Q(models.Q(('status', 'referred'), _negated=True), ('referred_to__isnull', False), _connector='OR')), name='held_pair_says_until_when_and_referred_to_whom'),
        ),
        migrations.AddConstraint(
            model_name='matchcandidate',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('claimed_by', None), ('claimed_until', None)), models.Q(('claimed_by__isnull', False), ('claimed_until__isnull', False)), _connector='OR'), name='claim_names_who_and_until_when'),
        ),
        migrations.AddConstraint(
            model_name='matchcandidate',
            constraint=models.CheckConstraint(condition=models.Q(('score__gte', 0), ('score__lte', 1)), name='score_is_a_probability'),
        ),
        migrations.AddField(
            model_name='answer',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='answer',
            name='candidate',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='identity.matchcandidate'),
        ),
        migrations.AddField(
            model_name='answer',
            name='merge',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.merge'),
        ),
        migrations.AddField(
            model_name='answer',
            name='set_aside',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.quarantinedvalue'),
        ),
        migrations.AddField(
            model_name='answer',
            name='undoes',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='undone_by', to='identity.answer'),
        ),
        migrations.AddField(
            model_name='householdlink',
            name='answer',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='household_links', to='identity.answer'),
        ),
        migrations.AddField(
            model_name='householdlink',
            name='by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='householdlink',
            name='household',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='links', to='identity.household'),
        ),
        migrations.AddField(
            model_name='householdlink',
            name='record',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='household_links', to='measurement.customerrecord'),
        ),
        migrations.AddIndex(
            model_name='answer',
            index=models.Index(fields=['by', '-id'], name='answers_of_somebody'),
        ),
        migrations.AddConstraint(
            model_name='answer',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='answer_says_why'),
        ),
        migrations.AddConstraint(
            model_name='answer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('said', 'undone'), ('undoes__isnull', False)), models.Q(models.Q(('said', 'undone'), _negated=True), ('undoes', None)), _connector='OR'), name='only_an_undone_answer_undoes'),
        ),
        migrations.AddConstraint(
            model_name='answer',
            constraint=models.CheckConstraint(condition=models.Q(('seconds', None), ('seconds__gte', 0), _connector='OR'), name='nobody_answers_before_they_look'),
        ),
        migrations.AddConstraint(
            model_name='householdlink',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('record',), name='one_household_per_record_now'),
        ),
        migrations.AddConstraint(
            model_name='householdlink',
            constraint=models.CheckConstraint(condition=models.Q(('ended_at', None), ('ended_at__gt', models.F('started_at')), _connector='OR'), name='household_link_ends_after_it_starts'),
        ),
        migrations.RunSQL(KEPT, GONE),
    ]
