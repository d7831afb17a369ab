"""Open reviews and propose what nobody reads for retirement, when their day comes."""

from datetime import timedelta

from django.db import migrations
from django.utils import timezone

EVERY = {
    # A source that was added is reviewed within the hour, not within the quarter.
    "governance.open_reviews": 60 * 60,
    "governance.propose_retirements": 24 * 60 * 60,
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
    dependencies = [("measurement", "0012_columns_are_profiled_and_mappings_tried")]

    operations = [migrations.RunPython(schedule, forget)]
