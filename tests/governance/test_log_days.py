"""A day of the log is one of the reporting time zone, as long as it was there."""

import re
from datetime import UTC, datetime

from django.db import connections
from django.test import Client

from tests import make

# The clocks of New York went forward in that night: the day had 23 hours.
DAY = "2026-03-08"
MOMENTS = [
    "2026-03-08T04:59:59",
    "2026-03-08T05:00:00",
    "2026-03-09T03:59:59",
    "2026-03-09T04:00:00",
]


def test_a_day_has_the_hours_it_had_where_reports_are_cut(own_database, settings):
    settings.REPORTING_TIME_ZONE = "America/New_York"
    client = Client()
    client.force_login(make.user(role="auditor"))
    make.user()
    with connections["owner"].cursor() as cursor:
        cursor.execute("alter table governance_governanceevent disable trigger user")
        cursor.executemany(
            "update governance_governanceevent set at = %s where seq = %s",
            [
                (datetime.fromisoformat(moment).replace(tzinfo=UTC), seq)
                for seq, moment in enumerate(MOMENTS, start=1)
            ],
        )

    page = client.get("/log/", {"on": DAY}).content.decode()

    shown = re.findall(r'<th scope="row" class="number">(\d+)</th>', page)
    assert shown == ["3", "2"]
