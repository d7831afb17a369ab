"""Celery: what runs behind the pages. See ``measurement.queue`` for how to ask it."""

import os
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from celery import Celery, bootsteps
from celery.app.task import Task
from celery.contrib.django.task import DjangoTask
from celery.worker.request import Request
from kombu.connection import Connection

from measurement import broker, failpoints

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "measurement.settings")


class Delivery(Request):
    """A message as it reached a worker.

    A message that takes its worker down with it comes back for ever. Before it may do so
    once too often it is put aside.
    """

    def revoked(self) -> bool:
        delivered = self.message.delivery_info.get("pgmq_message", {})
        if delivered.get("read_ct", 0) > broker.DELIVERIES:
            from measurement import revival

            revival.put_aside(message_id=delivered["msg_id"], arguments=self.kwargs)
            self.acknowledge()
            return True
        return bool(super().revoked())

    def acknowledge(self) -> None:
        failpoints.reach("message: about to be answered")
        super().acknowledge()
        self._let_go()
        failpoints.reach("message: answered")

    def reject(self, requeue: bool = False) -> None:
        super().reject(requeue=requeue)
        self._let_go()

    def _let_go(self) -> None:
        """Be done with the message, even if the database was gone and took no answer.

        It is shown again in time. As long as it counted as one we are at, we would take
        no other, for ever: Celery starts afresh when it loses its connection, and the
        queue's client has a pool of them that heals by itself.
        """
        if uses_own_database() and not self.message.acknowledged:
            self.message.channel.qos.ack(self.message.delivery_tag)


# The header of a message that names whoever asked for the task.
ASKED_BY = "asked_by"


class OurTask(DjangoTask):
    """A task whose messages are counted, done in the name of whoever asked for it."""

    Request = "measurement.celery:Delivery"

    def __call__(self, *given: Any, **named: Any) -> Any:
        with _in_the_name_of(self.request.get(ASKED_BY)):
            return super().__call__(*given, **named)


class OurCelery(Celery):
    """Celery over the database Django works in at this moment.

    Tests change the database while they run, so the address is not a setting.
    """

    def connection_for_read(self, *args: Any, **options: Any) -> Connection:
        addressed = self._addressed(options)
        connection: Connection = super().connection_for_read(*args, **addressed)
        return connection

    def connection_for_write(self, *args: Any, **options: Any) -> Connection:
        addressed = self._addressed(options)
        connection: Connection = super().connection_for_write(*args, **addressed)
        return connection

    def _addressed(self, options: dict[str, Any]) -> dict[str, Any]:
        if not uses_own_database():
            return options
        from django.db import connections

        address = broker.conninfo(connections["default"].settings_dict)
        given = options.get("transport_options") or {}
        return options | {"transport_options": {"conn_string": address} | given}


class Ticker(bootsteps.StartStopStep):
    """Every worker looks at the schedule. Two that look at once enqueue nothing twice."""

    requires = {"celery.worker.components:Timer"}

    def __init__(self, worker: Any, **options: Any) -> None:
        self.timer: Any = None

    def start(self, worker: Any) -> None:
        from django.conf import settings

        self.timer = worker.timer.call_repeatedly(settings.TICK_SECONDS, _tick)

    def stop(self, worker: Any) -> None:
        if self.timer is not None:
            self.timer.cancel()


def uses_own_database() -> bool:
    """Return whether messages lie in the database of the rows they speak of."""
    return bool(app.conf.broker_url == broker.OWN_DATABASE)


def task_named(name: str) -> Task | None:
    """Return the task, from whichever app it is, or nothing where none has that name."""
    app.autodiscover_tasks(force=True)
    return app.tasks.get(name)


def worker_arguments(*, processes: int, log_level: str) -> list[str]:
    """Return what ``celery`` is called with.

    Gossip, mingling and heartbeats would each want a mailbox queue per machine, which
    the app's role may not make, for news nobody reads.
    """
    return [
        "worker",
        f"--concurrency={processes}",
        f"--loglevel={log_level}",
        "--pool=prefork",
        "--without-gossip",
        "--without-mingle",
        "--without-heartbeat",
    ]


def _in_the_name_of(asked_by: int | None) -> AbstractContextManager[None]:
    """Have the log and the histories name somebody; what is merely due has no name."""
    if asked_by is None:
        return nullcontext()
    from governance.models import User
    from governance.naming import while_acts

    return while_acts(User.objects.get(pk=asked_by))


def _tick() -> None:
    from django.db import connections
    from django.utils import timezone

    from measurement import queue

    try:
        queue.tick(at=timezone.now())
    finally:
        # The pool's processes are forked from this one: leave them no open connection.
        connections.close_all()


app = OurCelery("plumbline", task_cls="measurement.celery:OurTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.steps["worker"].add(Ticker)
app.autodiscover_tasks()
