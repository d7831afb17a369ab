"""What must be so before anything starts."""

from typing import Any

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
