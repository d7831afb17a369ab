"""Tell the owners of customers, hourly, of pairs that wait too long for an answer."""

from datetime import timedelta

from django.db import migrations
from django.utils import timezone

TASK, EVERY = "identity.escalate", 60 * 60


def schedule(apps, schema_editor):
    Schedule = apps.get_model("measurement", "Schedule")
    Schedule.objects.using(schema_editor.connection.alias).create(
        task=TASK,
        every_seconds=EVERY,
        due_at=timezone.now() + timedelta(seconds=EVERY),
    )


def forget(apps, schema_editor):
    Schedule = apps.get_model("measurement", "Schedule")
    kept = Schedule.objects.using(schema_editor.connection.alias)
    kept.filter(task=TASK).delete()


class Migration(migrations.Migration):
    dependencies = [("identity", "0015_weights_join_what_was_shown_to_be_right")]

    operations = [migrations.RunPython(schedule, forget)]
