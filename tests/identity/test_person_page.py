"""The page that says why records are one person, and what a steward does there."""

import re

import pytest

from identity import ledger
from identity.explaining import why_one
from identity.models import IdentityEvent, MatchCandidate, Person
from identity.stitching import stitch
from reporting.models import Restatement, Restating
from tests import make, published
from tests.identity.queue.pages import as_, words
from tests.make import moment

pytestmark = pytest.mark.django_db

MONDAY, TUESDAY = moment("2026-03-02"), moment("2026-03-03")
Kind = IdentityEvent.Kind


@pytest.fixture
def steward():
    return make.user(role="steward")


@pytest.fixture
def ada(steward) -> Person:
    """Somebody of three records: a rule joined two of them, a steward the third."""
    shop = make.system("shop", of=make.storefront("corner"))
    first = make.record("Ada Byron", of=shop, source_id="1", email="ada@x.example")
    make.record(
        "Ada King", of=shop, source_id="2", email="ada@x.example", is_guest=True
    )
    third = make.record("Adah Byron", of=shop, source_id="3", is_guest=True)
    stitch(at=MONDAY)
    MatchCandidate.objects.create(
        left=first, right=third, evidence="Several things.", guard="Unsure.",
        found_at=MONDAY, evidence_digest="d1",
        waterfall=[
            {"feature": "prior", "level": "", "bits": -14.5, "sentence": "Hardly ever."},
            {"feature": "last", "level": "equal", "bits": 17.75, "sentence": ""},
        ],
    )  # fmt: skip
    people = ledger.people_of(record_ids=[first.pk, third.pk])
    ledger.merge(
        people=people.values(), by=steward, reason="She said so.", at=TUESDAY,
        evidence={"pair": MatchCandidate.objects.get().pk, "digest": "d1"},
    )  # fmt: skip
    return Person.objects.get(pk=people[first.pk])


def path(person: Person) -> str:
    return f"/review/people/{person.public_id}/"


def merged(person: Person) -> IdentityEvent:
    return IdentityEvent.objects.get(kind=Kind.MERGED, person=person)


def test_the_page_tells_who_joined_what_by_which_weights(client, ada, steward):
    client.force_login(make.user())

    said = words(client.get(path(ada)))

    for sentence in (
        "3 records of Ada Byron: what joined them, who did, and how surely.",
        "The same e-mail address, and a first name that agrees. a rule",
        f"Several things. She said so. {steward}",
        "Last equal 17.75 Together the score 3.25",
        "On such a way everything is right in about 99.99 of 100 cases.",
        f", by {steward} She said so. Moved: Adah Byron (Shop 3).",
        "What it did to numbers: not measured.",
    ):
        assert sentence in said


def test_the_persons_page_leads_to_it(client, ada):
    client.force_login(make.user())

    page = client.get(f"/people/{ada.public_id}/")

    assert f'href="{path(ada)}"' in page.text


def test_a_reader_without_the_role_is_offered_nothing_to_change(client, ada):
    client.force_login(make.user())

    forms = re.findall(r'<form[^>]*method="post"[^>]*>', main(client.get(path(ada))))

    assert forms == []


def main(page) -> str:
    return page.text.partition("<main")[2]


def test_a_steward_undoes_a_merge_with_a_reason(ada, steward):
    done = as_(steward).post(
        f"{path(ada)}undo/",
        {"event": merged(ada).pk, "reason": "Sisters."},
        follow=True,
    )

    assert "Merge undone. No rule joins the two again." in words(done)
    assert len(ledger.records_of(person_id=ada.pk)) == 2
    assert IdentityEvent.objects.get(kind=Kind.UNMERGED).reason == "Sisters."


@pytest.mark.parametrize("twice", ["undo", "without a reason"])
def test_what_the_ledger_refuses_is_its_sentence_on_the_page(ada, steward, twice):
    event, reason = merged(ada), "Sisters." if twice == "undo" else " "
    if twice == "undo":
        ledger.unmerge(event_id=event.pk, by=steward, reason=reason, at=TUESDAY)

    refused = as_(steward).post(
        f"{path(ada)}undo/", {"event": event.pk, "reason": reason}, follow=True
    )

    expected = {
        "undo": f"{steward} has undone it at 2026-03-03 00:00 UTC: Sisters.",
        "without a reason": "Say why in a few words: others will want to know.",
    }
    assert expected[twice] in words(refused)


def test_nobody_else_undoes_anything(ada):
    viewer = make.user()

    refused = as_(viewer).post(
        f"{path(ada)}undo/", {"event": merged(ada).pk, "reason": "So."}, follow=True
    )

    assert f"{viewer} is not a steward." in words(refused)
    assert len(ledger.records_of(person_id=ada.pk)) == 3


@pytest.mark.parametrize("event", ["0", "-1", "x", "9" * 40, "²", ""])
def test_an_event_of_somebody_else_is_not_undone_here(ada, steward, event):
    asked = as_(steward).post(f"{path(ada)}undo/", {"event": event, "reason": "So."})

    assert asked.status_code == 404


def test_a_person_is_locked_and_unlocked_again(ada, steward):
    browser = as_(steward)

    locked = browser.post(f"{path(ada)}lock/", {"reason": "Her main one."}, follow=True)
    assert "Locked. " in words(locked)
    browser.post(f"{path(ada)}lock/", {"reason": "No more."})

    kinds = [each.event.kind for each in why_one(ada).happened[:2]]
    assert kinds == [Kind.UNLOCKED, Kind.LOCKED]


def test_a_steward_has_a_merge_measured_and_reads_what_it_did(ada, steward):
    build = published.build()
    browser = as_(steward)

    browser.post(f"{path(ada)}measure/", {"event": merged(ada).pk})
    assert "What it did to numbers: being measured." in words(browser.get(path(ada)))
    made = Restating.objects.get(event=merged(ada), build_after=build)
    made.state, made.measured_at, made.looked_at = "measured", TUESDAY, 12
    made.save()
    Restatement.objects.create(
        restating=made, metric="ltv_90", before="10", after="12.5", n_before=4,
        n_after=3, storefront=MatchCandidate.objects.get().left.system.storefront,
    )  # fmt: skip

    said = words(browser.get(path(ada)))
    assert "What it did to numbers: 1 of 12 moved" in said
    assert "ltv_90 Corner $10.00 $12.50" in said


def test_a_viewer_has_nothing_measured(ada):
    published.build()
    viewer = make.user()

    as_(viewer).post(f"{path(ada)}measure/", {"event": merged(ada).pk})

    assert Restating.objects.count() == 0


def test_as_of_a_day_before_the_merge_the_page_tells_of_that_day(client, ada):
    client.force_login(make.user())

    said = words(client.get(f"{path(ada)}?as_of=2026-03-02T12:00"))

    assert "This is what held at" in said
    assert "2 records of Ada Byron" in said
    assert "She said so." not in said


def test_who_went_up_in_another_leads_there(client, ada):
    client.force_login(make.user())
    gone = merged(ada).other
    assert gone is not None

    page = client.get(path(gone))

    assert "This person is part of another one." in words(page)
    assert f'href="{path(ada)}"' in page.text


def test_why_not_takes_an_address_an_id_or_a_records_place(client, ada):
    client.force_login(make.user())
    eve = make.record("Eve Stone", of=make.system("crm"), source_id="a/7")
    person = make.person(eve)

    answers = [
        words(client.get(path(ada), {"not": asked}))
        for asked in (
            "crm/a/7",
            str(person.public_id),
            f"https://plumbline.example/people/{person.public_id}/",
        )
    ]

    assert [
        "what one shop was told is not the other's" in said.replace("&#x27;", "'")
        for said in answers
    ] == [True, True, True]


def test_why_not_of_one_of_their_own_shows_the_way(client, ada):
    client.force_login(make.user())

    assert "They are one person." in words(client.get(path(ada), {"not": "shop/3"}))


def test_why_not_masks_what_the_two_share(client, ada, steward):
    shop = MatchCandidate.objects.get().left.system
    make.record("Eve Stone", of=shop, source_id="9", email="ada@x.example")
    stitch(at=moment("2026-03-04"))
    client.force_login(make.user())

    shown = {
        who: words(browser.get(path(ada), {"not": "shop/9"}))
        for who, browser in (("viewer", client), ("steward", as_(steward)))
    }

    assert "email: a•••@x•••.example" in shown["viewer"]
    assert "ada@x.example" not in shown["viewer"]
    assert "email: ada@x.example" in shown["steward"]


@pytest.mark.parametrize(
    "asked", ["nobody", "%00", "shop/", "/", "0" * 300, "not-a-uuid/", "²"]
)
def test_whoever_nobody_knows_is_said_in_words(client, ada, asked):
    client.force_login(make.user())

    assert "Nobody is known by that." in words(client.get(path(ada), {"not": asked}))


def test_a_person_without_records_has_a_page_that_says_so(client):
    client.force_login(make.user())

    said = words(client.get(path(make.person())))

    assert "0 records: what joined them" in said
    assert "No record is this person’s." in said


def test_a_person_of_thirty_records_costs_no_more_questions_than_one_of_three(
    client, ada, django_assert_max_num_queries
):
    shop = MatchCandidate.objects.get().left.system
    for number in range(30):
        make.record(
            "Ada Byron", of=shop, source_id=f"g{number}", email="ada@x.example",
            is_guest=True,
        )  # fmt: skip
    stitch(at=moment("2026-03-04"))
    client.force_login(make.user())

    with django_assert_max_num_queries(45):
        client.get(path(ada))
