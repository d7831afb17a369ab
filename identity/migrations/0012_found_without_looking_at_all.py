"""Each record is found by the hashes of its keys, without looking at the others."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("governance", "0022_identifiers_are_agreed_on"),
        ("identity", "0011_what_was_weighed"),
        ("measurement", "0013_reviews_open_and_fields_are_retired"),
    ]

    operations = [
        migrations.CreateModel(
            name="IndexedRecord",
            fields=[
                (
                    "record",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="measurement.customerrecord",
                    ),
                ),
                ("said", models.JSONField()),
                ("is_guest", models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name="IndexedStorefront",
            fields=[
                (
                    "storefront",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="governance.storefront",
                    ),
                ),
                ("usual", models.JSONField()),
                ("version", models.CharField(max_length=20)),
                ("read_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="IndexedKey",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "kind",
                        "hash",
                        "record_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("kind", models.SmallIntegerField()),
                ("hash", models.BigIntegerField()),
                (
                    "record",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="measurement.customerrecord",
                    ),
                ),
            ],
        ),
    ]
