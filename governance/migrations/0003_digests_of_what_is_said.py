"""What two tables need before they can be: a digest of content, and indexes over time."""

from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations

# jsonb writes its keys in one order, so the same content is always the same text.
DIGEST = """
create function governance_digest(
    kind text, key text, domain text, state text, successor text, body jsonb
) returns text language sql immutable strict parallel safe
set search_path = pg_catalog
return encode(
    sha256(
        convert_to(
            jsonb_build_array(kind, key, domain, state, successor, body)::text, 'UTF8'
        )
    ),
    'hex'
);
"""


class Migration(migrations.Migration):
    dependencies = [("governance", "0002_default_channels")]

    operations = [
        BtreeGistExtension(),
        migrations.RunSQL(
            DIGEST,
            "drop function governance_digest(text, text, text, text, text, jsonb)",
        ),
    ]
