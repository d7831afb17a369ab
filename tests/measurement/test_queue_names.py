"""A task is done in the name of whoever asked for it, in the log and in the histories."""

import json

import pytest
from django.db import connection

from governance import history
from governance.models import GovernanceEvent, User
from governance.naming import while_acts
from measurement import queue
from measurement.models import Schedule
from tests import make
from tests.measurement import worker


def names() -> list[int | None]:
    """Return who asked for each message on the queue, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute("select message from pgmq.q_plumbline order by msg_id")
        letters = [json.loads(letter) for (letter,) in cursor.fetchall()]
    return [letter["headers"].get("asked_by") for letter in letters]


@pytest.mark.django_db
def test_a_message_names_whoever_acts_and_nobody_before_or_after():
    ada = make.user()

    queue.enqueue("tests.note", text="before")
    with while_acts(ada):
        queue.enqueue("tests.note", text="meanwhile")
    queue.enqueue("tests.note", text="after")

    assert names() == [None, ada.pk, None]


@pytest.mark.django_db
def test_one_who_acts_within_anothers_doing_is_named_for_that_time_alone():
    ada, bo = make.user(), make.user()

    with while_acts(ada):
        with while_acts(bo):
            inner = history.who_acts()
        outer = history.who_acts()

    assert (inner, outer, history.who_acts()) == (bo, ada, None)


@pytest.mark.django_db
def test_whoever_acts_is_forgotten_where_the_page_breaks():
    with pytest.raises(ZeroDivisionError), while_acts(make.user()):
        raise ZeroDivisionError

    assert history.who_acts() is None


@pytest.mark.slow
def test_a_worker_names_whoever_asked_through_every_task_that_follows(
    own_database, tmp_path
):
    """A worker has to be started, and takes seconds to be."""
    Schedule.objects.update(is_enabled=False)
    ada, bo, cy = (make.user() for _ in range(3))
    with while_acts(ada):
        queue.enqueue("tests.rename", username=bo.username, first_name="Bo")
        queue.enqueue("tests.rename_later", username=cy.username, first_name="Cy")
    queue.enqueue("tests.rename", username=ada.username, first_name="Ada")

    log = tmp_path / "worker.log"
    with worker.running(log=log):
        assert worker.wait_for(
            lambda: User.objects.filter(first_name__in=["Ada", "Bo", "Cy"]).count() == 3
        ), log.read_text()

    told = {
        each.first_name: each.history.latest().history_user
        for each in User.objects.filter(pk__in=[ada.pk, bo.pk, cy.pk])
    }
    logged = GovernanceEvent.objects.filter(verb="changed", object_type="user")
    role = connection.settings_dict["USER"]
    assert told == {"Ada": None, "Bo": ada, "Cy": ada}
    assert dict(logged.values_list("object_key", "actor")) == {
        ada.username: role, bo.username: ada.username, cy.username: ada.username,
    }  # fmt: skip
