"""The log is whole, or names what is wrong with it."""

import random

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction

from governance import log
from governance.models import GovernanceEvent, Seal
from tests import make
from tests.governance.requests import AT

# As the owner of the tables could: with what refuses it switched off.
OPEN = "alter table governance_governanceevent disable trigger user"
# Nobody writes an event by hand: people are let in, and the log says so.
HAPPENED = (
    "insert into governance_user (username, password, first_name, last_name, email,"
    " is_superuser, is_staff, is_active, date_joined)"
    " select gen_random_uuid(), '', '', '', '', false, false, true, now()"
    " from generate_series(1, %s)"
)
# What whoever holds the table would do to hide an edit: every hash after it anew.
RECOMPUTE = """
do $$
declare
    event governance_governanceevent;
    before text := '';
begin
    for event in select * from governance_governanceevent order by seq loop
        event.previous := before;
        before := governance_event_hash(event);
        update governance_governanceevent set previous = event.previous, hash = before
        where seq = event.seq;
    end loop;
end $$
"""


def happen(events: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(HAPPENED, [events])


@pytest.fixture
def seals(tmp_path, settings):
    settings.SEAL_KEY = tmp_path / "key"
    settings.SEALS = tmp_path / "seals"
    settings.SEALS.mkdir()
    return settings.SEALS


@pytest.mark.django_db
def test_a_log_nobody_touched_is_whole(seals):
    happen(5)
    log.seal(at=AT)
    happen(2)

    verdict = log.verify()

    before = verdict.events - 7
    assert (verdict.events - before, verdict.seals, verdict.unsealed, verdict.finding) == (
        7, 1, 2, None,
    )  # fmt: skip


@pytest.mark.django_db
def test_a_seal_covers_what_came_since_the_one_before_it(seals):
    happen(3)
    first = log.seal(at=AT)
    happen(4)
    second = log.seal(at=AT)

    assert second.seq - first.seq == 4
    assert log.seal(at=AT) is None
    assert Seal.objects.count() == 2


@pytest.mark.django_db
def test_the_key_is_readable_by_us_alone(seals, settings):
    happen(1)
    log.seal(at=AT)

    assert settings.SEAL_KEY.stat().st_mode & 0o777 == 0o600


@pytest.mark.django_db
def test_an_event_names_its_actor_as_they_were_called(seals):
    somebody = make.user()
    with connection.cursor() as cursor:
        cursor.execute(
            "select set_config('plumbline.actor', %s, true)", [str(somebody.pk)]
        )
    happen(1)

    event = GovernanceEvent.objects.first()
    assert (event.actor_id, event.actor) == (somebody.pk, somebody.username)


class Tampered(Exception):
    """Undo what was done to the log."""


def edit(cursor, rows, draw):
    seq = draw.choice(rows)
    column = draw.choice(["actor", "verb", "object_key", "reason", "object_type"])
    cursor.execute(
        f"update governance_governanceevent set {column} = {column} || 'x' where seq = %s",
        [seq],
    )
    return seq


def delete(cursor, rows, draw):
    seq = draw.choice(rows)
    cursor.execute("delete from governance_governanceevent where seq = %s", [seq])
    return seq


def insert(cursor, rows, draw):
    seq = draw.choice(rows)
    cursor.execute(
        "update governance_governanceevent set seq = -seq - 1 where seq >= %s", [seq]
    )
    cursor.execute(
        "insert into governance_governanceevent select %s, at, actor_id, actor, 'forged',"
        " object_type, object_key, request, reason, old, new, previous, hash"
        " from governance_governanceevent where seq = %s",
        [seq, -seq - 1],
    )
    cursor.execute("update governance_governanceevent set seq = -seq where seq < 0")
    return seq


def reorder(cursor, rows, draw):
    one, other = sorted(draw.sample(rows, 2))
    for seq, becomes in ((one, -1), (other, one), (-1, other)):
        cursor.execute(
            "update governance_governanceevent set seq = %s where seq = %s",
            [becomes, seq],
        )
    return one


def cut(cursor, rows, draw):
    seq = draw.choice(rows)
    cursor.execute("delete from governance_governanceevent where seq >= %s", [seq])
    return seq


def recompute(cursor, rows, draw):
    seq = draw.choice([edit, delete])(cursor, rows, draw)
    cursor.execute(
        "update governance_governanceevent e set seq = n.seq from (select seq as old,"
        " row_number() over (order by seq) as seq from governance_governanceevent) n"
        " where e.seq = n.old and e.seq <> n.seq"
    )
    cursor.execute(RECOMPUTE)
    return seq


TAMPERS = [edit, delete, insert, reorder, cut, recompute]


@pytest.mark.slow
def test_a_thousand_tampers_are_a_thousand_found(own_database, seals):
    draw = random.Random(20260302)
    for _ in range(4):
        happen(12)
        log.seal(at=AT)
    rows = list(GovernanceEvent.objects.order_by("seq").values_list("seq", flat=True))
    missed = []

    for number in range(1_000):
        tamper = TAMPERS[number % len(TAMPERS)]
        try:
            with transaction.atomic(using="owner"):
                with connections["owner"].cursor() as cursor:
                    cursor.execute(OPEN)
                    seq = tamper(cursor, rows, draw)
                finding = log.verify(using="owner").finding
                if finding is None or finding.first != seq:
                    missed.append((tamper.__name__, seq, finding))
                raise Tampered
        except Tampered:
            pass

    assert missed == []
    assert log.verify().is_whole


def test_a_verifier_that_trusts_the_chain_alone_misses_a_recomputed_one(
    own_database, seals, tmp_path
):
    """What the seals are for: without them the same tamper is not seen."""
    happen(12)
    log.seal(at=AT)
    draw = random.Random(1)
    rows = list(GovernanceEvent.objects.values_list("seq", flat=True))

    with transaction.atomic(using="owner"):
        with connections["owner"].cursor() as cursor:
            cursor.execute(OPEN)
            edit(cursor, rows, draw)
            cursor.execute(RECOMPUTE)
            cursor.execute("alter table governance_seal disable trigger user")
            cursor.execute("delete from governance_seal")
        unsealed = log.verify(tmp_path / "no seals", using="owner")
        sealed = log.verify(using="owner")
        transaction.set_rollback(True, using="owner")

    assert (unsealed.is_whole, sealed.is_whole) == (True, False)


@pytest.mark.django_db
def test_a_seal_signed_by_another_key_is_none_of_ours(seals, settings):
    happen(3)
    log.seal(at=AT)
    [sealed] = seals.glob("*.seal")
    sealed.write_text(sealed.read_text().replace('"signature": "', '"signature": "00'))

    finding = log.verify().finding

    assert finding.sentence.endswith("was not signed by us.")


@pytest.mark.django_db
def test_a_seal_that_is_gone_is_named(seals):
    for _ in range(3):
        happen(2)
        log.seal(at=AT)
    first, second, _third = sorted(seals.glob("*.seal"))
    second.unlink()

    finding = log.verify().finding

    start = int(first.stem) + 1
    assert finding.sentence == f"The seal of events {start} to {start + 1} is gone."


def test_a_log_that_was_cut_is_not_sealed_any_further(own_database, seals):
    happen(6)
    log.seal(at=AT)
    with connections["owner"].cursor() as cursor:
        cursor.execute(OPEN)
        cursor.execute(
            "delete from governance_governanceevent where seq > (select max(seq) - 2"
            " from governance_governanceevent)"
        )

    with pytest.raises(log.NotWhole) as refused:
        log.seal(at=AT)

    assert "are missing. Tell the auditors." in str(refused.value)


@pytest.mark.django_db
def test_the_command_ends_with_an_error_where_something_is_wrong(seals):
    for _ in range(2):
        happen(2)
        log.seal(at=AT)
    min(seals.glob("*.seal")).unlink()

    with pytest.raises(
        CommandError, match=r"The log is not whole\. The seal of events"
    ):
        call_command("verify_log")


@pytest.mark.slow
def test_a_hundred_thousand_events_are_sealed_at_once(own_database, seals):
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "select count(governance_append(null, 'did', 'thing', n::text, null, '',"
            " null, null)) from generate_series(1, 100000) n"
        )

    log.seal(at=AT)
    verdict = log.verify()

    assert verdict.is_whole
    assert verdict.events >= 100_000
