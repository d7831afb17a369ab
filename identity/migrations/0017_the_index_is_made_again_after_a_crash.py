"""The index of keys is kept without a log: it is made of records that have one.

Keys of new records fall anywhere among all others, so a log would hold a whole page of the
index for each of them. After a crash the server empties such tables, all three alike: what
says that a storefront was indexed is gone with the index, and it is read again.
"""

from django.db import migrations

TABLES = ("identity_indexedkey", "identity_indexedrecord", "identity_indexedstorefront")


class Migration(migrations.Migration):
    dependencies = [("identity", "0016_owners_hear_of_what_waits")]

    operations = [
        migrations.RunSQL(
            f"alter table {table} set unlogged", f"alter table {table} set logged"
        )
        for table in TABLES
    ]
