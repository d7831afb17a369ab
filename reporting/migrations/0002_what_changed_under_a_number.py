"""A build keeps which definitions it read; a number, when its own changed."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('governance', '0004_requests_versions_and_the_log'),
        ('reporting', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='build',
            name='versions',
            field=models.JSONField(default=dict),
        ),
        migrations.CreateModel(
            name='Annotation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('metric', models.CharField(max_length=200)),
                ('kind', models.CharField(max_length=16)),
                ('key', models.CharField(max_length=200)),
                ('before', models.PositiveIntegerField(null=True)),
                ('after', models.PositiveIntegerField()),
                ('since', models.DateTimeField(help_text='When that version came into force.')),
                ('comparison', models.CharField(choices=[('restated', 'Restated'), ('reset', 'Reset'), ('bridged', 'Bridged')], max_length=8)),
                ('text', models.TextField(help_text='What it says otherwise, in words.')),
                ('build', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='annotations', to='reporting.build')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='annotations', to='governance.changerequest')),
            ],
            options={
                'ordering': ['-since', '-pk'],
                'indexes': [models.Index(fields=['metric', '-since'], name='annotations_of_a_metric')],
                'constraints': [models.UniqueConstraint(fields=('build', 'metric', 'kind', 'key', 'after'), name='one_annotation_per_metric_and_version'), models.CheckConstraint(condition=models.Q(('comparison__in', ['restated', 'reset', 'bridged'])), name='comparison_is_one_of_three'), models.CheckConstraint(condition=models.Q(('before', None), ('before__lt', models.F('after')), _connector='OR'), name='annotation_tells_of_a_later_version')],
            },
        ),
    ]
