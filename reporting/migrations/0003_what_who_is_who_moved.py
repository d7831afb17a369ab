"""What who is who alone moved of a number is kept beside it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('governance', '0022_identifiers_are_agreed_on'),
        ('identity', '0010_links_cost_no_check_per_row'),
        ('reporting', '0002_what_changed_under_a_number'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Restating',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('of', models.CharField(choices=[('night', 'All that changed from build to build'), ('event', 'One event'), ('merge', 'A merge that may be')], max_length=5)),
                ('people', models.JSONField(blank=True, default=list)),
                ('state', models.CharField(choices=[('asked', 'Being measured'), ('measured', 'Measured'), ('failed', 'Could not be measured')], default='asked', max_length=8)),
                ('message', models.TextField(blank=True, default='')),
                ('asked_at', models.DateTimeField()),
                ('measured_at', models.DateTimeField(null=True)),
                ('looked_at', models.PositiveIntegerField(default=0)),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('build_after', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='restatings', to='reporting.build')),
                ('build_before', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reporting.build')),
                ('event', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='restatings', to='identity.identityevent')),
            ],
            options={
                'ordering': ['-asked_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Restatement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('metric', models.CharField(max_length=40)),
                ('dimensions', models.JSONField(default=dict)),
                ('before', models.DecimalField(decimal_places=8, max_digits=24, null=True)),
                ('after', models.DecimalField(decimal_places=8, max_digits=24, null=True)),
                ('n_before', models.BigIntegerField()),
                ('n_after', models.BigIntegerField()),
                ('storefront', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.storefront')),
                ('restating', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='restatements', to='reporting.restating')),
            ],
        ),
        migrations.AddConstraint(
            model_name='restating',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('build_before__isnull', False), ('event', None), ('of', 'night'), ('people', [])), models.Q(('build_before', None), ('event__isnull', False), ('of', 'event'), ('people', [])), models.Q(('build_before', None), ('event', None), ('of', 'merge'), models.Q(('people', []), _negated=True)), _connector='OR'), name='restating_is_of_one_thing'),
        ),
        migrations.AddConstraint(
            model_name='restating',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('measured_at__isnull', False), ('state', 'measured')), models.Q(models.Q(('state', 'measured'), _negated=True), ('measured_at', None)), _connector='OR'), name='measured_restating_says_when'),
        ),
        migrations.AddConstraint(
            model_name='restating',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'failed'), _negated=True), models.Q(('message', ''), _negated=True), _connector='OR'), name='failed_restating_says_why'),
        ),
        migrations.AddConstraint(
            model_name='restating',
            constraint=models.UniqueConstraint(condition=models.Q(('of', 'night')), fields=('build_after',), name='build_is_restated_once'),
        ),
        migrations.AddConstraint(
            model_name='restating',
            constraint=models.UniqueConstraint(condition=models.Q(('of', 'event')), fields=('event', 'build_after'), name='event_is_restated_once_per_build'),
        ),
        migrations.AddConstraint(
            model_name='restating',
            constraint=models.UniqueConstraint(condition=models.Q(('of', 'merge')), fields=('people', 'build_after'), name='merge_is_thought_of_once_per_build'),
        ),
        migrations.AddConstraint(
            model_name='restatement',
            constraint=models.UniqueConstraint(fields=('restating', 'storefront', 'metric', 'dimensions'), name='number_is_restated_once'),
        ),
    ]
