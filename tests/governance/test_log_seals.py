"""Of each seal somebody outside learns, and of what is wrong nobody but once a day."""

import json
import logging
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from governance import log, tasks
from governance.models import GovernanceEvent, Letter, Seal, Verification
from tests import make
from tests.governance.requests import AT

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def seals(tmp_path, settings):
    settings.SEALS, settings.SEAL_KEY = tmp_path / "seals", tmp_path / "key"
    return settings.SEALS


def auditor(name: str, *, is_active: bool = True):
    somebody = make.user(role="auditor")
    somebody.email = f"{name}@shop.example"
    somebody.is_active = is_active
    somebody.save()
    return somebody


def break_a_seal(seals) -> None:
    [sealed, *_] = sorted(seals.glob("*.seal"))
    said = json.loads(sealed.read_text())
    sealed.write_text(json.dumps(said | {"signature": "00"}))


def test_each_auditor_is_sent_what_was_sealed(seals):
    auditor("ada"), auditor("bo"), auditor("gone", is_active=False)
    make.user(role="admin")

    sealed = log.seal(at=AT)

    newest = GovernanceEvent.objects.first()
    text = (
        f"Sealed at {AT.isoformat()}: events 1 to {newest.seq}.\n\n"
        f"Up to event {newest.seq}, hash {newest.hash}, signature {sealed.signature}.\n"
        f"Public key {log.public_key(seals)}.\n\n"
        f"Keep this: where the log no longer agrees with it, the log was changed."
    )
    assert list(Letter.objects.order_by("to").values_list("to", "subject", "text")) == [
        (f"{name}@shop.example", f"The log is sealed up to event {newest.seq}", text)
        for name in ("ada", "bo")
    ]


def test_what_auditors_are_sent_can_be_checked_without_us(seals):
    auditor("ada")

    log.seal(at=AT)

    text = Letter.objects.get().text
    signature = text.partition("signature ")[2].partition(".")[0]
    public = text.partition("Public key ")[2].partition(".")[0]
    [sealed] = seals.glob("*.seal")
    said = json.loads(sealed.read_text())
    signed = [said["first"], said["last"], said["at"], *said["hashes"]]
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
    key.verify(bytes.fromhex(signature), json.dumps(signed).encode())


def test_a_seal_is_a_line_outside_the_database(caplog):
    make.user()

    with caplog.at_level(logging.INFO, logger="governance.log"):
        sealed = log.seal(at=AT)

    assert [each.getMessage() for each in caplog.records] == [
        f"The log is sealed up to event {sealed.seq}, hash {sealed.hash}, signature "
        f"{sealed.signature}."
    ]


def test_every_look_is_kept_though_nothing_came():
    make.user()

    log.seal(at=AT)
    log.seal(at=AT + timedelta(hours=1))

    events = GovernanceEvent.objects.count()
    assert list(
        Verification.objects.order_by("pk").values_list(
            "at", "events", "seals", "unsealed", "finding"
        )
    ) == [
        (AT, events, 0, events, ""),
        (AT + timedelta(hours=1), events, 1, 0, ""),
    ]
    assert Seal.objects.count() == 1


def test_what_is_wrong_is_kept_and_told_once_a_day(seals):
    make.user()
    log.seal(at=AT)
    auditor("ada")
    break_a_seal(seals)

    for hours in (1, 2, 24):
        with pytest.raises(log.NotWhole):
            log.seal(at=AT + timedelta(hours=hours))

    told = Letter.objects.order_by("pk").values_list("to", "subject", "written_at")
    assert list(told) == [
        ("ada@shop.example", "The log is not whole", AT + timedelta(hours=hours))
        for hours in (1, 24)
    ]
    found = Verification.objects.exclude(finding="").values_list("finding", flat=True)
    assert set(found) == {
        f"The seal of events 1 to {Seal.objects.get().seq} was not signed by us."
    }
    assert len(found) == 3


def test_what_is_wrong_is_sealed_no_further(seals):
    make.user()
    log.seal(at=AT)
    break_a_seal(seals)
    make.user()

    with pytest.raises(log.NotWhole) as refused:
        log.seal(at=AT)

    assert str(refused.value) == (
        f"The log is not sealed any further: The seal of events 1 to "
        f"{Seal.objects.get().seq} was not signed by us. Tell the auditors."
    )
    assert (Seal.objects.count(), len(list(seals.glob("*.seal")))) == (1, 1)


def test_the_newest_seal_cannot_be_taken_away_unseen(seals):
    make.user()
    first = log.seal(at=AT)
    make.user()
    second = log.seal(at=AT)
    max(seals.glob("*.seal")).unlink()

    finding = log.verify().finding

    assert (finding.first, finding.sentence) == (
        first.seq + 1,
        f"The seal of events {first.seq + 1} to {second.seq} is gone.",
    )


def test_the_task_says_how_far_it_sealed():
    make.user()

    first, second = tasks.seal(), tasks.seal()

    assert (first, second) == ({"up_to": Seal.objects.get().seq}, {"up_to": None})
