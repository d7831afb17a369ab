"""What people are written: once, after the commit, and to those it concerns alone."""

import smtplib

import pytest
from django.core import mail as outbox
from django.core.mail.backends.locmem import EmailBackend
from django.db import transaction

from governance import later, mail
from governance.models import Letter
from tests import make
from tests.governance.requests import AT
from tests.measurement.test_queue import waiting

pytestmark = pytest.mark.django_db


def reader(name: str, **said):
    somebody = make.user()
    somebody.email = f"{name}@shop.example"
    for field, value in said.items():
        setattr(somebody, field, value)
    somebody.save()
    return somebody


def write(*to, occasion="an occasion", subject="Look", text="It is due."):
    mail.write(to=to, occasion=occasion, subject=subject, text=text, at=AT)


def sent() -> list[tuple[list[str], str, str]]:
    return [(each.to, each.subject, each.body) for each in outbox.outbox]


def test_a_letter_is_sent_to_each_by_itself_and_ticked_off():
    write(reader("ada"), reader("bo"))

    assert mail.post(at=AT) == 2
    assert sent() == [
        (["ada@shop.example"], "Look", "It is due."),
        (["bo@shop.example"], "Look", "It is due."),
    ]
    assert list(Letter.objects.values_list("sent_at", flat=True)) == [AT, AT]


def test_what_was_sent_is_not_sent_again():
    write(reader("ada"))
    mail.post(at=AT)

    assert mail.post(at=AT) == 0
    assert len(outbox.outbox) == 1


def test_nobody_is_written_to_twice_of_one_occasion():
    ada = reader("ada")

    for occasion in ("first", "first", "second"):
        write(ada, occasion=occasion)

    assert list(Letter.objects.values_list("occasion", flat=True).order_by("pk")) == [
        "first",
        "second",
    ]


def test_whoever_has_no_address_or_has_left_is_not_written_to():
    write(reader("ada", email=""), reader("gone", is_active=False))

    assert (Letter.objects.count(), waiting()) == (0, [])


def test_a_letter_goes_back_with_what_it_tells_of():
    with transaction.atomic():
        write(reader("ada"))
        assert waiting() == [("governance.post", {})]
        transaction.set_rollback(True)

    assert (Letter.objects.count(), waiting()) == (0, [])


def test_a_subject_is_one_line_whatever_a_title_holds():
    write(reader("ada"), subject="Decide\r\nBcc: all@shop.example" + "!" * 300)

    mail.post(at=AT)

    [(_to, subject, _text)] = sent()
    assert subject == ("Decide Bcc: all@shop.example" + "!" * 300)[:199]


class OneIsRefused(EmailBackend):
    """A server that takes letters for everybody but one."""

    def send_messages(self, messages):
        if "refused@shop.example" in messages[0].to:
            raise smtplib.SMTPRecipientsRefused({})
        return super().send_messages(messages)


def test_a_letter_that_is_refused_waits_and_holds_up_no_other(settings):
    backend = f"{__name__}.{OneIsRefused.__name__}"
    settings.MAILERS = {"default": {"BACKEND": backend}}
    write(reader("ada"), reader("refused"), reader("zoe"))

    assert mail.post(at=AT) == 2
    assert [to for to, _subject, _text in sent()] == [
        ["ada@shop.example"],
        ["zoe@shop.example"],
    ]
    assert [each.to for each in Letter.objects.waiting()] == ["refused@shop.example"]


def test_work_is_asked_of_whoever_offered_to_carry_it(monkeypatch):
    asked = []
    monkeypatch.setattr(later, "_carriers", [])
    later.carried_by(lambda task, **said: asked.append(("of another", task, said)))
    later.carried_by(lambda task, **said: asked.append((task, said)))

    later.ask("governance.seal", up_to=3)

    assert asked == [("governance.seal", {"up_to": 3})]


def test_work_asked_for_where_nobody_listens_is_not_lost_in_silence(monkeypatch):
    monkeypatch.setattr(later, "_carriers", [])

    with pytest.raises(later.NobodyListens) as refused:
        later.ask("governance.seal")

    assert str(refused.value).startswith(
        "governance.seal was asked for, and nobody carries work to the workers."
    )
