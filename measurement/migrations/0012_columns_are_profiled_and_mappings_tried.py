"""Keep what runs saw of source columns, how full fields are, and mappings tried on rows."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('governance', '0014_versions_move_their_rows'),
        ('measurement', '0011_the_log_is_sealed_and_requests_are_minded'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ColumnProfile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.TextField()),
                ('position', models.PositiveIntegerField()),
                ('kind', models.CharField(choices=[('empty', 'nothing yet'), ('text', 'text'), ('whole_number', 'whole number'), ('decimal', 'decimal number'), ('day', 'day'), ('moment', 'moment without offset'), ('moment_with_offset', 'moment with offset'), ('yes_or_no', 'yes or no'), ('list', 'list'), ('nested', 'nested')], max_length=20)),
                ('rows', models.PositiveIntegerField()),
                ('filled', models.PositiveIntegerField()),
                ('different', models.PositiveIntegerField()),
                ('odd', models.PositiveIntegerField()),
                ('shortest', models.PositiveIntegerField()),
                ('longest', models.PositiveIntegerField()),
                ('samples', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list)),
                ('words', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list)),
                ('first_run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='measurement.syncrun')),
                ('last_run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='measurement.syncrun')),
                ('stream', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='profiles', to='governance.sourcestream')),
            ],
            options={
                'ordering': ['stream', 'position'],
                'constraints': [models.UniqueConstraint(fields=('stream', 'name'), name='column_is_profiled_once_per_stream'), models.CheckConstraint(condition=models.Q(('filled__lte', models.F('rows'))), name='no_more_values_than_rows_looked_at')],
            },
        ),
        migrations.CreateModel(
            name='FieldFill',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('entity', models.CharField(max_length=40)),
                ('field', models.CharField(max_length=40)),
                ('rows', models.BigIntegerField()),
                ('filled', models.BigIntegerField()),
                ('last_filled_at', models.DateTimeField(null=True)),
                ('measured_at', models.DateTimeField()),
                ('stream', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='fills', to='governance.sourcestream')),
            ],
            options={
                'ordering': ['stream', 'entity', 'field'],
                'constraints': [models.UniqueConstraint(fields=('stream', 'entity', 'field'), name='field_is_counted_once_per_stream'), models.CheckConstraint(condition=models.Q(('filled__lte', models.F('rows'))), name='no_more_filled_than_rows')],
            },
        ),
        migrations.CreateModel(
            name='MappingTrial',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('proposed', models.JSONField()),
                ('state', models.CharField(choices=[('asked', 'Asked for'), ('tried', 'Tried'), ('failed', 'Could not be tried')], default='asked', max_length=8)),
                ('asked_at', models.DateTimeField()),
                ('tried_at', models.DateTimeField(null=True)),
                ('seconds', models.FloatField(default=0)),
                ('answer', models.JSONField(default=dict)),
                ('message', models.TextField(blank=True, default='')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('stream', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='trials', to='governance.sourcestream')),
            ],
            options={
                'ordering': ['-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['asked', 'tried', 'failed'])), name='trial_state_is_known')],
            },
        ),
    ]
