"""What must be so before anything starts."""

import re
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.checks import CheckMessage, Error

from measurement import broker


def no_task_outlives_its_message(**_: Any) -> list[CheckMessage]:
    """Refuse a time limit at which a message is shown again while its task still runs.

    Such a task is done twice, and one that takes its process down is done for ever.
    """
    answered = broker.NOTICING_SECONDS + broker.RETRY_SECONDS
    limit = settings.CELERY_TASK_TIME_LIMIT + answered
    visible_after = settings.CELERY_BROKER_TRANSPORT_OPTIONS.get("visibility_timeout")
    if visible_after is None or limit < visible_after:
        return []
    return [
        Error(
            f"A task may run {settings.CELERY_TASK_TIME_LIMIT} s and the loss of its "
            f"process is answered {answered} s later, but its message is "
            f"handed out again after {visible_after} s.",
            hint=f"Set VISIBILITY_SECONDS above {limit}, or TASK_SECONDS lower.",
            id="measurement.E001",
        )
    ]


def reports_have_a_zone_and_currencies_are_codes(**_: Any) -> list[CheckMessage]:
    """Refuse a zone or a currency of which a page or a night would fail much later."""
    found: list[CheckMessage] = []
    try:
        ZoneInfo(settings.REPORTING_TIME_ZONE)
    except (KeyError, ValueError, OSError):
        found.append(
            Error(
                f"REPORTING_TIME_ZONE is '{settings.REPORTING_TIME_ZONE}', which is no "
                f"time zone.",
                hint="Write a name such as Europe/Berlin.",
                id="measurement.E003",
            )
        )
    named = {
        "REPORTING_CURRENCY": [settings.REPORTING_CURRENCY],
        "CURRENCIES": settings.CURRENCIES,
    }
    for name, currencies in named.items():
        odd = [each for each in currencies if not re.fullmatch("[A-Z]{3}", each)]
        if odd:
            found.append(
                Error(
                    f"{name} has {', '.join(map(repr, odd))}; a currency is three "
                    f"capital letters.",
                    hint="Write codes such as EUR.",
                    id="measurement.E004",
                )
            )
    return found
