"""Notes: who writes one, who takes it back, and where it leads."""

from datetime import date, timedelta

import pytest
from django.test import Client

from reporting import notes
from reporting.models import Note
from tests import make, published
from tests.reporting import year

pytestmark = pytest.mark.django_db


def said(by, **other) -> Note:
    return notes.write(
        **{
            "text": "Free delivery.", "on": date(2017, 2, 14), "is_of_month": False,
            "storefront": None, "by": by, "at": published.AT, **other,
        }
    )  # fmt: skip


def test_a_note_is_of_a_day_or_of_its_whole_month():
    by = make.user(role="steward")

    day, month = said(by), said(by, is_of_month=True)

    assert [(one.on, one.is_of_month) for one in (day, month)] == [
        (date(2017, 2, 14), False),
        (date(2017, 2, 1), True),
    ]


@pytest.mark.parametrize("role", ["viewer", "auditor"])
def test_who_only_reads_writes_none(role):
    with pytest.raises(notes.NoteError, match="You read notes here"):
        said(make.user(role=role))


@pytest.mark.parametrize("text", ["", "  ", "x" * 281, "a\0b", "\u202eevil"])
def test_a_note_says_something_in_few_words(text):
    with pytest.raises(notes.NoteError, match="Say it in words"):
        said(make.user(role="steward"), text=text)


def test_whoever_wrote_it_takes_it_back_and_it_is_kept():
    by = make.user(role="steward")
    note = said(by)
    later = published.AT + timedelta(days=1)

    notes.take_back(note_id=note.pk, by=by, at=later)

    note.refresh_from_db()
    assert (note.taken_back_by, note.taken_back_at) == (by, later)
    assert list(Note.objects.standing()) == []


def test_another_one_does_not_but_who_lets_people_in_does():
    note = said(make.user(role="steward"))

    with pytest.raises(notes.NoteError, match="Whoever wrote a note"):
        notes.take_back(
            note_id=note.pk, by=make.user(role="data_owner"), at=published.AT
        )
    notes.take_back(note_id=note.pk, by=make.user(role="admin"), at=published.AT)

    assert list(Note.objects.standing()) == []


def test_what_was_taken_back_is_not_taken_back_again():
    by = make.user(role="steward")
    note = said(by)
    notes.take_back(note_id=note.pk, by=by, at=published.AT)

    with pytest.raises(notes.NoteError, match="took it back before"):
        notes.take_back(note_id=note.pk, by=by, at=published.AT)


def test_a_note_of_another_shop_stands_beside_none_of_this_one():
    by, shop = make.user(role="steward"), make.storefront()
    every, theirs = said(by), said(by, storefront=make.storefront())

    assert list(Note.objects.of(shop)) == [every]
    assert list(Note.objects.of(theirs.storefront)) == [theirs, every]


def test_a_steward_writes_one_under_a_board_and_takes_it_back(client: Client):
    year.shop(published.build())
    client.force_login(make.user(role="steward"))
    back = "/growth/?from=2017-02"

    wrote = client.post(
        "/notes/", {"on": "2017-02", "of": "", "text": "Sale.", "next": back}
    )
    shown = client.get(back)
    [note] = Note.objects.all()
    took = client.post(f"/notes/{note.pk}/take-back/", {"next": back})

    assert [(one.status_code, one.url) for one in (wrote, took)] == [(302, back)] * 2
    assert "February 2017" in shown.text
    assert "Sale." not in client.get(back).text.replace("Your note", "")


@pytest.mark.parametrize(
    "next_page", ["https://evil.example/", "//evil.example", "", "javascript:alert(1)"]
)
def test_a_note_leads_nowhere_else(client: Client, next_page):
    client.force_login(make.user(role="steward"))

    answer = client.post(
        "/notes/", {"on": "2017-02", "of": "", "text": "Sale.", "next": next_page}
    )

    assert answer.url == "/growth/"


@pytest.mark.parametrize(
    "wrong", [{"on": "soon"}, {"of": "pigeon"}, {"text": ""}, {"on": "2017-13-01"}]
)
def test_what_is_wrong_with_a_note_is_said_and_nothing_is_kept(client: Client, wrong):
    client.force_login(make.user(role="steward"))

    client.post("/notes/", {"on": "2017-02", "of": "", "text": "Sale.", **wrong})

    assert not Note.objects.exists()


def test_a_viewer_is_offered_no_note_and_is_refused_one(reader):
    page = reader.get("/growth/")
    reader.post("/notes/", {"on": "2017-02", "of": "", "text": "Sale."})

    assert "note-form" not in page.text
    assert not Note.objects.exists()
