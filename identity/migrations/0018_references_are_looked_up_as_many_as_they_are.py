"""Whether a link or a move leads somewhere is asked as suits the rows that arrived.

PL/pgSQL keeps the plan of a statement. One made for a handful of rows among a handful
goes through every record for each row: a first load of 200,000 after it took hours.
"""

from django.db import migrations

TEMPLATE = """
create or replace function {function}() returns trigger
language plpgsql set search_path = public, pg_temp as $$
declare
    is_lost boolean;
begin
    -- A statement that is executed as text is planned each time.
    execute 'select {lost}' into is_lost;
    if is_lost then
        raise exception '{message}' using errcode = 'foreign_key_violation';
    end if;
    return null;
end $$;
"""
LOST = (
    "exists (select 1 from arrived a where a.{column} is not null"
    " and not exists (select 1 from {table} t where t.id = a.{column}))"
)
LOOKED_UP = {
    "identity_links_lead_somewhere": (
        "A link names a record or a person that is not there.",
        {"record_id": "measurement_customerrecord", "person_id": "identity_person"},
    ),
    "identity_lead_somewhere": (
        "A move names a record, a person or an event that is not there.",
        {
            "event_id": "identity_identityevent",
            "record_id": "measurement_customerrecord",
            "to_person_id": "identity_person",
            "from_person_id": "identity_person",
        },
    ),
}


def looked_up(function: str, message: str, columns: dict[str, str]) -> str:
    lost = (LOST.format(column=name, table=table) for name, table in columns.items())
    return TEMPLATE.format(function=function, message=message, lost=" or ".join(lost))


class Migration(migrations.Migration):
    dependencies = [("identity", "0017_the_index_is_made_again_after_a_crash")]

    operations = [
        migrations.RunSQL(looked_up(function, *told), migrations.RunSQL.noop)
        for function, told in LOOKED_UP.items()
    ]
