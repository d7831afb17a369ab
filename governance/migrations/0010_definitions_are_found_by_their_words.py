"""Definitions are found by their key, name, synonyms and meaning, however unfinished."""

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations

# In names, marks become spaces, so that customer.email is two words; and nothing, so that
# e-mail is found as email too. In English and as written: nobody types a stem.
WORDS = """
create function governance_lexemes(said text) returns tsvector
language sql immutable parallel safe
return (
    select to_tsvector('simple'::regconfig, plain)
        || to_tsvector('english'::regconfig, plain)
    from (
        select regexp_replace(
            said || ' ' || replace(said, '-', ''), '[^[:alnum:]]+', ' ', 'g'
        )
    ) as said_plainly (plain)
);

create function governance_words(key text, body jsonb) returns tsvector
language sql immutable parallel safe
return setweight(governance_lexemes(key || ' ' || coalesce(body ->> 'name', '')), 'A')
    || setweight(governance_lexemes(coalesce(body ->> 'synonyms', '')), 'B')
    || setweight(
        to_tsvector('english'::regconfig, coalesce(body ->> 'meaning', '')), 'C'
    );
"""
NO_WORDS = """
drop function governance_words(text, jsonb);
drop function governance_lexemes(text);
"""
INDEX = """
create index definitions_by_their_words on governance_version
    using gin (governance_words(key, body)) where upper_inf(valid_during);
"""


class Migration(migrations.Migration):
    dependencies = [("governance", "0008_no_way_round")]

    operations = [
        TrigramExtension(),
        migrations.RunSQL(WORDS, NO_WORDS),
        migrations.RunSQL(INDEX, "drop index definitions_by_their_words"),
    ]
