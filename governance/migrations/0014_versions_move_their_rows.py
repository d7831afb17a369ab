"""A version that takes effect moves the row the steps read, or does not take effect.

The rows were compared with what was agreed when a row moved, and not when a version did:
whoever applied a request by hand left the steps reading what held before.
"""

from django.db import migrations

KINDS = ("campaign_rule", "channel", "mapping", "source", "stream", "storefront")
TRIGGER = """
create constraint trigger rows_follow_a_{kind}
    after insert on governance_version
    deferrable initially deferred
    for each row when (new.kind = '{kind}')
    execute function governance_rows_are_agreed('{kind}');
"""
# Whoever may execute a trigger's function may hang it on a table of theirs.
LOCKED = "revoke execute on function governance_rows_are_agreed() from public"


class Migration(migrations.Migration):
    dependencies = [("governance", "0013_proposals_are_measured")]

    operations = [
        *(
            migrations.RunSQL(TRIGGER.format(kind=kind), migrations.RunSQL.noop)
            for kind in KINDS
        ),
        migrations.RunSQL(LOCKED, migrations.RunSQL.noop),
    ]
