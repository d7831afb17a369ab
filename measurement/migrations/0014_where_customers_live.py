"""A customer record says where somebody lives: street, postcode and town."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('measurement', '0013_reviews_open_and_fields_are_retired'),
    ]

    operations = [
        migrations.AddField(
            model_name='customerrecord',
            name='city',
            field=models.TextField(blank=True, db_default='', default=''),
        ),
        migrations.AddField(
            model_name='customerrecord',
            name='postcode',
            field=models.TextField(blank=True, db_default='', default=''),
        ),
        migrations.AddField(
            model_name='customerrecord',
            name='street',
            field=models.TextField(blank=True, db_default='', default=''),
        ),
    ]
