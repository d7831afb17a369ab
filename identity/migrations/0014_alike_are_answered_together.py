"""Pairs of one evidence are answered together; what waits too long is told to owners."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0013_visits_lead_somewhere'),
        ('measurement', '0014_where_customers_live'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Batch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('evidence_digest', models.CharField(max_length=64)),
                ('pattern', models.CharField(max_length=200)),
                ('opened_at', models.DateTimeField()),
                ('samples', models.JSONField()),
                ('said', models.CharField(blank=True, choices=[('merge', 'Merge'), ('not_same', 'Not the same'), ('household', 'Same household'), ('quarantine', 'Shared identifier'), ('cant_tell', "Can't tell"), ('refer', 'Refer'), ('hold', 'Hold'), ('undone', 'Undone')], default='', max_length=10)),
                ('answered_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name_plural': 'batches',
                'ordering': ['-pk'],
            },
        ),
        migrations.RemoveIndex(
            model_name='matchcandidate',
            name='pairs_alike',
        ),
        migrations.AddField(
            model_name='answer',
            name='sent_as',
            field=models.CharField(blank=True, default='', max_length=80),
        ),
        migrations.AddField(
            model_name='matchcandidate',
            name='escalated_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name='matchcandidate',
            index=models.Index(condition=models.Q(('wants', 'first')), fields=['evidence_digest'], name='pairs_alike'),
        ),
        migrations.AddField(
            model_name='batch',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='answer',
            name='batch',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='identity.batch'),
        ),
        migrations.AddConstraint(
            model_name='answer',
            constraint=models.UniqueConstraint(condition=models.Q(('sent_as', ''), _negated=True), fields=('by', 'sent_as'), name='what_is_sent_twice_counts_once'),
        ),
        migrations.AddConstraint(
            model_name='batch',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answered_at', None), ('said', '')), models.Q(('answered_at__isnull', False), ('said__in', ['merge', 'not_same', 'household'])), _connector='OR'), name='answered_batch_says_what_and_when'),
        ),
    ]
