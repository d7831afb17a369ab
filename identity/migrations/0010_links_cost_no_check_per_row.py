"""Whether links lead somewhere is looked at once per statement, not twice per row."""

import django.db.models.deletion
from django.db import migrations, models

WHOLE = """
create function identity_links_lead_somewhere() returns trigger
language plpgsql set search_path = public, pg_temp as $$
begin
    if exists (
        select 1 from arrived a
        where not exists (
            select 1 from measurement_customerrecord r where r.id = a.record_id)
    ) or exists (
        select 1 from arrived a
        where not exists (select 1 from identity_person p where p.id = a.person_id)
    ) then
        raise exception 'A link names a record or a person that is not there.'
            using errcode = 'foreign_key_violation';
    end if;
    return null;
end $$;
create trigger links_lead_somewhere after insert on identity_link
    referencing new table as arrived
    for each statement execute function identity_links_lead_somewhere();
create trigger moved_links_lead_somewhere after update on identity_link
    referencing new table as arrived
    for each statement execute function identity_links_lead_somewhere();
revoke execute on function identity_links_lead_somewhere() from public;
"""
GONE = "drop function identity_links_lead_somewhere() cascade"


class Migration(migrations.Migration):
    dependencies = [("identity", "0009_visits_are_tied_to_who_came_next")]

    operations = [
        migrations.AlterField(
            "link", "record",
            models.ForeignKey(
                db_constraint=False, on_delete=django.db.models.deletion.PROTECT,
                related_name="links", to="measurement.customerrecord",
            ),
        ),
        migrations.AlterField(
            "link", "person",
            models.ForeignKey(
                db_constraint=False, on_delete=django.db.models.deletion.PROTECT,
                related_name="links", to="identity.person",
            ),
        ),
        migrations.RunSQL(WHOLE, GONE),
    ]
