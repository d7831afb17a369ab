"""A visit that is tied to a record leads to both, as PostgreSQL checks."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0012_found_without_looking_at_all'),
        ('measurement', '0014_where_customers_live'),
    ]

    operations = [
        migrations.AlterField(
            model_name='attachedvisit',
            name='event',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attached', to='measurement.event'),
        ),
        migrations.AlterField(
            model_name='attachedvisit',
            name='known_by',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='measurement.event'),
        ),
        migrations.AlterField(
            model_name='attachedvisit',
            name='record',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='visits', to='measurement.customerrecord'),
        ),
    ]
