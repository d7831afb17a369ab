"""Somebody says what readers of a day's numbers should know; a number may be withheld beside a small one."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('governance', '0022_identifiers_are_agreed_on'),
        ('reporting', '0003_what_who_is_who_moved'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='reading',
            name='state',
            field=models.CharField(choices=[('sure', 'Mature'), ('immature', 'Still growing'), ('small', 'Too few to say'), ('withheld', 'Withheld beside a small one')], default='sure', max_length=10),
        ),
        migrations.CreateModel(
            name='Note',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField()),
                ('is_of_month', models.BooleanField(default=False)),
                ('text', models.CharField(max_length=280)),
                ('at', models.DateTimeField()),
                ('taken_back_at', models.DateTimeField(null=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('storefront', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.storefront')),
                ('taken_back_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-on', '-pk'],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='note_says_something'),
                    models.CheckConstraint(condition=models.Q(('is_of_month', False), ('on__day', 1), _connector='OR'), name='note_of_a_month_is_on_its_first_day'),
                    models.CheckConstraint(condition=models.Q(models.Q(('taken_back_at', None), ('taken_back_by', None)), models.Q(('taken_back_at__gte', models.F('at')), ('taken_back_by__isnull', False)), _connector='OR'), name='note_is_taken_back_by_somebody'),
                ],
            },
        ),
    ]
