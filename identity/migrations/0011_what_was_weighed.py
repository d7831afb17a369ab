"""Each weighing of records against each other is kept, with what it stood on."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('governance', '0022_identifiers_are_agreed_on'),
        ('identity', '0010_links_cost_no_check_per_row'),
    ]

    operations = [
        migrations.CreateModel(
            name='Weighing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('digest', models.CharField(max_length=64)),
                ('model_version', models.CharField(max_length=64)),
                ('records', models.PositiveIntegerField()),
                ('pairs', models.PositiveIntegerField()),
                ('asked', models.PositiveIntegerField()),
                ('bands', models.JSONField(default=dict)),
                ('storefront', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='weighings', to='governance.storefront')),
            ],
            options={
                'ordering': ['-at', '-pk'],
                'get_latest_by': ['at', 'pk'],
                'indexes': [models.Index(fields=['storefront', '-at'], name='weighed_last')],
            },
        ),
    ]
