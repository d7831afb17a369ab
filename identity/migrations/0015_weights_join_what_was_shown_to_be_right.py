"""Pairs are drawn to be audited, and weights join what audits show to be right."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('governance', '0022_identifiers_are_agreed_on'),
        ('identity', '0014_alike_are_answered_together'),
        ('measurement', '0014_where_customers_live'),
    ]

    operations = [
        migrations.CreateModel(
            name='Audit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('drawn_at', models.DateTimeField()),
                ('run', models.CharField(blank=True, default='', max_length=60)),
                ('seed', models.CharField(max_length=200)),
                ('drawn_from', models.FloatField()),
                ('drawn_by_model', models.CharField(max_length=64)),
                ('was_one_person', models.BooleanField(help_text='Rules had joined the two by then.')),
                ('probability', models.FloatField(null=True)),
                ('model_version', models.CharField(max_length=64)),
                ('candidate', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='audit', to='identity.matchcandidate')),
                ('storefront', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='audits', to='governance.storefront')),
            ],
            options={
                'ordering': ['id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('probability', None), models.Q(('probability__gte', 0), ('probability__lte', 1)), _connector='OR'), name='audited_pair_is_as_likely_as_can_be')],
            },
        ),
        migrations.CreateModel(
            name='LikelyPair',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('bits', models.SmallIntegerField()),
                ('rests_on', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), default=list)),
                ('model_version', models.CharField(max_length=64)),
                ('policy_version', models.CharField(max_length=64)),
                ('since', models.DateTimeField()),
                ('left', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='measurement.customerrecord')),
                ('right', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='measurement.customerrecord')),
                ('storefront', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.storefront')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('left', 'right'), name='pair_is_likely_once'), models.CheckConstraint(condition=models.Q(('left__lt', models.F('right'))), name='likely_pair_is_written_one_way')],
            },
        ),
    ]
