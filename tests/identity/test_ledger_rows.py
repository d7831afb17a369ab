"""What was written to the ledger stays as it was written, whoever asks."""

import pytest
from django.db import Error, connection, transaction

from governance.models import GovernanceEvent
from identity.models import (
    Apart,
    HeldRun,
    IdentityEvent,
    Link,
    Merge,
    Move,
    Person,
)
from tests import make
from tests.identity import ledger_rows as rows
from tests.identity.ledger_rows import MONDAY, TUESDAY

pytestmark = pytest.mark.django_db


def refused(sentence: str):
    return pytest.raises(Error, match=sentence)


WRITTEN = {
    IdentityEvent: rows.event,
    Move: rows.move,
    Merge: rows.merge,
    Apart: rows.apart,
    HeldRun: rows.held,
    Person: make.person,
}
UPDATED = {
    IdentityEvent: {"reason": "Another."},
    Move: {"to_person": None},
    Merge: {"reason": "Another."},
    Apart: {"reason": "Another."},
    HeldRun: {"sentence": "Another."},
    Person: {"made_at": TUESDAY},
}


@pytest.mark.parametrize("model", WRITTEN)
def test_no_row_is_deleted_by_the_apps_role(model):
    WRITTEN[model]()

    with refused("permission denied"), transaction.atomic():
        model.objects.all()._raw_delete("default")


@pytest.mark.parametrize("model", [IdentityEvent, Move])
def test_what_is_only_added_to_is_not_updated(model):
    WRITTEN[model]()

    with refused("permission denied"), transaction.atomic():
        model.objects.update(**UPDATED[model])


@pytest.mark.parametrize("model", [Merge, Apart, HeldRun, Person])
def test_what_may_be_ended_is_not_rewritten(model):
    WRITTEN[model]()

    with (
        refused("stays as it was|What was said of two|keeps their id"),
        transaction.atomic(),
    ):
        model.objects.update(**UPDATED[model])


def test_a_merge_is_undone_once():
    made = rows.merge()
    undoing = rows.undone(rows.merged())
    Merge.objects.filter(pk=made.pk).update(undone_at=TUESDAY, undone_by=undoing)

    with refused("undone once, and no more"), transaction.atomic():
        Merge.objects.filter(pk=made.pk).update(undone_at=None, undone_by=None)


def test_what_was_said_of_two_records_is_taken_back_once():
    said = rows.apart()
    ending = {"ended_at": TUESDAY, "ended_by": said.by, "ended_reason": "I erred."}
    Apart.objects.update(**ending)

    with refused("taken back once"), transaction.atomic():
        Apart.objects.update(ended_at=None, ended_by=None, ended_reason="")

    assert rows.apart(left=said.left, right=said.right).ended_at is None


def test_the_ledger_goes_forward():
    rows.event(at=TUESDAY)

    with refused("The ledger goes forward"), transaction.atomic():
        rows.event(at=MONDAY)

    assert rows.event(at=TUESDAY).at == TUESDAY


@pytest.mark.parametrize(
    "names", ["event_id", "record_id", "from_person_id", "to_person_id"]
)
def test_a_move_leads_from_somewhere_to_somewhere(names):
    with refused("that is not there"), transaction.atomic():
        rows.move(**{names: 0})


@pytest.mark.parametrize("names", ["record_id", "person_id"])
def test_a_link_leads_from_somewhere_to_somewhere(names):
    person, record = make.person(), make.record()
    link = {"record_id": record.pk, "person_id": person.pk, "started_at": MONDAY}

    with refused("names a record or a person that is not there"), transaction.atomic():
        Link.objects.create(**{**link, names: 0})

    link = Link.objects.create(**link)
    with refused("names a record or a person that is not there"), transaction.atomic():
        Link.objects.filter(pk=link.pk).update(**{names: 0})


def test_what_somebody_did_stands_in_the_chained_log_without_a_name():
    steward = make.user(role="steward")

    event = rows.merged(by=steward, by_name=str(steward), reason="I asked them.")

    logged = GovernanceEvent.objects.get(object_type="person")
    event.refresh_from_db()
    assert (logged.verb, logged.object_key, logged.actor, logged.reason) == (
        "merged",
        str(event.person.public_id),
        steward.username,
        "I asked them.",
    )
    assert logged.new["event"] == str(event.public_id)
    assert set(logged.new) == {"event", "at", "other", "digest"}


def test_what_rules_did_is_not_logged_one_by_one():
    rows.merged()

    assert not GovernanceEvent.objects.filter(object_type="person").exists()


def test_a_night_is_sealed_by_a_digest_of_what_it_wrote():
    first, last = rows.event(), rows.event()
    for event in (first, last):
        rows.move(event=event)
    rows.event()

    sealed = rows.sealed(first, last)

    logged = GovernanceEvent.objects.get(object_type="identity")
    assert (sealed.events, sealed.moves) == (2, 2)
    assert (logged.verb, logged.object_key) == ("ran", "night 1")
    assert logged.new == {
        "first": first.pk,
        "last": last.pk,
        "events": 2,
        "moves": 2,
        "digest": sealed.digest,
    }
    assert digest(first, last) == sealed.digest != digest(first, first)


def digest(first: IdentityEvent, last: IdentityEvent) -> str:
    with connection.cursor() as cursor:
        cursor.execute("select identity_events_digest(%s, %s)", [first.pk, last.pk])
        [(made,)] = cursor.fetchall()
    return made


class TestWhatIsHeld:
    """A night that waits is let pass by an owner of customer, and by nobody else."""

    def passing(self, by):
        HeldRun.objects.update(
            passed_by=by, passed_at=TUESDAY, passed_reason="We moved the shop."
        )

    def test_is_let_pass_by_an_owner_of_customer(self):
        held = rows.held()
        owner = make.owner(make.domain("customer"))

        self.passing(owner)

        held.refresh_from_db()
        verbs = GovernanceEvent.objects.filter(object_key=str(held.public_id))
        assert held.passed_by == owner
        assert list(verbs.order_by("seq").values_list("verb", "actor")) == [
            ("held", verbs.order_by("seq")[0].actor),
            ("let pass", owner.username),
        ]

    @pytest.mark.parametrize("role", ["steward", "admin", "data_owner"])
    def test_is_let_pass_by_nobody_else(self, role):
        rows.held()
        make.domain("customer")

        with refused("Only an owner of customer"), transaction.atomic():
            self.passing(make.user(role=role))

    def test_is_let_pass_once(self):
        rows.held()
        owner = make.owner(make.domain("customer"))
        self.passing(owner)

        with refused("let pass once, and no more"), transaction.atomic():
            self.passing(owner)

    def test_waits_first(self):
        owner = make.owner(make.domain("customer"))

        with refused("waits before it is let pass"), transaction.atomic():
            rows.held(passed_by=owner, passed_at=TUESDAY, passed_reason="Now.")
