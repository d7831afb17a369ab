"""Seal the log every hour, and mind the requests whose day comes or whose time runs out."""

from datetime import timedelta

from django.db import migrations
from django.utils import timezone

EVERY = {
    "governance.seal": 60 * 60,
    "governance.apply_due": 60,
    "governance.give_up_expired": 60 * 60,
    # What was refused by the mail server an hour ago may be taken now.
    "governance.post": 10 * 60,
}


def schedule(apps, schema_editor):
    Schedule = apps.get_model("measurement", "Schedule")
    kept = Schedule.objects.using(schema_editor.connection.alias)
    now = timezone.now()
    for task, seconds in EVERY.items():
        due_at = now + timedelta(seconds=seconds)
        kept.create(task=task, every_seconds=seconds, due_at=due_at)


def forget(apps, schema_editor):
    Schedule = apps.get_model("measurement", "Schedule")
    kept = Schedule.objects.using(schema_editor.connection.alias)
    kept.filter(task__in=list(EVERY)).delete()


class Migration(migrations.Migration):
    dependencies = [("measurement", "0010_rows_may_wait_for_others")]

    operations = [migrations.RunPython(schedule, forget)]
