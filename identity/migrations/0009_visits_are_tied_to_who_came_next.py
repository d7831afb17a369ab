"""Visits nobody was known by are tied to who was known next on their browser."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0008_what_is_asked_and_what_was_said'),
        ('measurement', '0013_reviews_open_and_fields_are_retired'),
    ]

    operations = [
        migrations.CreateModel(
            name='AttachedVisit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('started_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('event', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='attached', to='measurement.event')),
                ('known_by', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='measurement.event')),
                ('record', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='visits', to='measurement.customerrecord')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('event',), name='one_record_per_visit_now'), models.CheckConstraint(condition=models.Q(('ended_at', None), ('ended_at__gt', models.F('started_at')), _connector='OR'), name='attachment_ends_after_it_starts')],
            },
        ),
    ]
