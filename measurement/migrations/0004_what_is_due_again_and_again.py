"""Begin a night at two in the morning, and look every minute for what was lost."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import migrations
from django.utils import timezone


def schedule(apps, schema_editor):
    Schedule = apps.get_model("measurement", "Schedule")
    kept = Schedule.objects.using(schema_editor.connection.alias)
    zone = ZoneInfo(settings.REPORTING_TIME_ZONE)
    now = timezone.now()
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    kept.create(
        task="measurement.begin_night",
        every_seconds=24 * 60 * 60,
        due_at=datetime.combine(tomorrow, time(2), tzinfo=zone),
    )
    kept.create(task="measurement.revive", every_seconds=60, due_at=now)


def forget(apps, schema_editor):
    Schedule = apps.get_model("measurement", "Schedule")
    Schedule.objects.using(schema_editor.connection.alias).filter(
        task__in=["measurement.begin_night", "measurement.revive"]
    ).delete()


class Migration(migrations.Migration):
    dependencies = [("measurement", "0003_queue_in_our_database")]

    operations = [migrations.RunPython(schedule, forget)]
