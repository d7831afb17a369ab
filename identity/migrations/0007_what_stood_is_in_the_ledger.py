"""Links made before the ledger was kept come into it, moment by moment."""

from django.db import migrations

STOOD = """
insert into identity_identityevent
    (kind, at, by_name, reason, evidence, model_version, policy_version, run, before,
    after)
select 'stood', stood.started_at, 'a rule', 'Stood before the ledger was kept.', '{}',
    '', '', '', '[]', '[]'
from (select distinct started_at from identity_link order by started_at) as stood;

insert into identity_move (event_id, record_id, from_person_id, to_person_id)
select came.event_id, came.record_id, came.from_person_id, came.person_id
from (
    select event.id as event_id, link.record_id, link.person_id,
        lag(link.person_id) over (
            partition by link.record_id order by link.started_at, link.id
        ) as from_person_id
    from identity_link as link
    join identity_identityevent as event
        on event.kind = 'stood' and event.at = link.started_at
) as came
where came.person_id is distinct from came.from_person_id
on conflict do nothing;

update identity_link as link
set event_id = event.id
from identity_identityevent as event
where event.kind = 'stood' and event.at = link.started_at;
"""


class Migration(migrations.Migration):
    dependencies = [("identity", "0006_what_was_done_stays_written")]

    # What stands in the ledger stays there: going back leaves it.
    operations = [migrations.RunSQL(STOOD, migrations.RunSQL.noop)]
