"""A decision names the preview it was made by, and what was measured stays as measured."""

import django.db.models.deletion
from django.db import migrations, models

KEPT = """
alter table governance_preview
    add constraint preview_is_of_one_revision unique (id, revision_id);
alter table governance_decision
    add constraint decision_is_made_by_its_own_preview
    foreign key (preview_id, revision_id)
    references governance_preview (id, revision_id);

create function governance_keep_preview() returns trigger
language plpgsql set search_path = public, pg_temp as $$
begin
    if tg_op = 'UPDATE' then
        if old.state = 'asked' and (new.revision_id, new.asked_by_id, new.asked_at)
            = (old.revision_id, old.asked_by_id, old.asked_at)
        then
            return new;
        end if;
        if old.compared_at is null
            and (to_jsonb(new) - array['became', 'compared_at'])
                = (to_jsonb(old) - array['became', 'compared_at'])
        then
            return new;
        end if;
    end if;
    raise exception 'What a proposal would do is kept as it was measured.'
        using errcode = 'restrict_violation',
        hint = 'Have it measured again; the newest preview counts.';
end $$;
create trigger previews_stay_as_measured before update or delete on governance_preview
    for each row execute function governance_keep_preview();
create trigger previews_are_not_emptied before truncate on governance_preview
    for each statement execute function governance_keep_preview();
revoke execute on function governance_keep_preview() from public;
"""

GONE = """
drop trigger previews_are_not_emptied on governance_preview;
drop trigger previews_stay_as_measured on governance_preview;
drop function governance_keep_preview();
alter table governance_decision drop constraint decision_is_made_by_its_own_preview;
alter table governance_preview drop constraint preview_is_of_one_revision;
"""


class Migration(migrations.Migration):
    dependencies = [("governance", "0017_programs_ask_and_never_decide")]

    operations = [
        migrations.AddField(
            model_name="decision",
            name="preview",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="governance.preview",
            ),
        ),
        migrations.AddField(
            model_name="preview",
            name="became",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="preview",
            name="compared_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="preview",
            name="predicted",
            field=models.JSONField(default=list),
        ),
        migrations.RunSQL(KEPT, GONE),
    ]
