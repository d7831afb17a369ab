"""The queue where stewards work, and the pages where anybody reads who is who."""

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from governance.models import User
from identity.models import MatchCandidate, Merge
from tests import make

pytestmark = pytest.mark.django_db

QUEUE = reverse("admin:identity_matchcandidate_changelist")
SAME, DIFFERENT = MatchCandidate.Status.SAME, MatchCandidate.Status.DIFFERENT


def page_of(row: object) -> str:
    assert isinstance(row, MatchCandidate | make.Person)
    return reverse(f"admin:identity_{row._meta.model_name}_change", args=[row.pk])


@pytest.fixture
def steward(client: Client) -> User:
    """A steward, signed in."""
    somebody = make.user(role="steward")
    client.force_login(somebody)
    return somebody


def listed(client: Client, **asked: str) -> list[MatchCandidate]:
    return list(client.get(QUEUE, asked).context["cl"].result_list)


def said(answer: object) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


def test_the_queue_shows_what_waits_the_likeliest_first(client, steward):
    unlikely, likely = make.candidate(), make.candidate()
    MatchCandidate.objects.filter(pk=likely.pk).update(score=0.95)
    decided = make.candidate()
    MatchCandidate.objects.filter(pk=decided.pk).update(
        status=SAME, decided_by=steward, decided_at=make.moment("2026-03-02")
    )

    assert listed(client) == [likely, unlikely]
    assert listed(client, standing="same") == [decided]
    assert listed(client, standing="different") == []
    assert listed(client, standing="all") == [likely, unlikely, decided]


def test_who_are_one_person_by_now_are_not_waiting(client, steward):
    left, right = make.record(), make.record()
    make.person(left, right)
    make.candidate(left, right)

    assert listed(client) == []


def test_a_list_costs_the_same_for_one_pair_and_for_three(
    client, steward, django_assert_num_queries
):
    make.candidate()
    client.get(QUEUE)
    with django_assert_num_queries(15):
        client.get(QUEUE)
    make.candidate()
    make.candidate()

    with django_assert_num_queries(15):
        client.get(QUEUE)


def test_a_steward_decides_many_at_once(client, steward):
    pairs = [make.candidate(), make.candidate()]

    client.post(
        QUEUE, {"action": "approve", "_selected_action": [pair.pk for pair in pairs]}
    )

    decided = MatchCandidate.objects.filter(status=SAME, decided_by=steward)
    assert list(decided.order_by("pk")) == pairs
    assert Merge.objects.filter(by=steward).count() == 2


def test_a_refused_decision_says_why_and_the_others_are_taken(client, steward):
    ada, bo, cleo = make.record("Ada"), make.record("Bo"), make.record("Cleo")
    pairs = [
        make.candidate(ada, bo),
        make.candidate(bo, cleo),
        make.candidate(ada, cleo),
    ]

    answer = client.post(
        QUEUE, {"action": "approve", "_selected_action": [pair.pk for pair in pairs]}
    )

    assert [sentence.partition(",")[0] for sentence in said(answer)[-1:]] == [
        "Ada ↔ Cleo are one person already"
    ]
    assert Merge.objects.count() == 2


@pytest.mark.parametrize("role", ["auditor", "privacy", "data_owner", "admin"])
def test_who_is_no_steward_reads_the_queue_and_is_shown_no_way_to_decide(client, role):
    pair = make.candidate()
    client.force_login(make.user(role=role))

    queue, page = client.get(QUEUE), client.get(page_of(pair))

    assert listed(client) == [pair]
    assert queue.context["action_form"] is None
    assert b"_same" not in page.content


def test_a_superuser_is_shown_no_way_to_decide(client, admin_client):
    pair = make.candidate()

    page = admin_client.get(page_of(pair))

    assert admin_client.get(QUEUE).context["action_form"] is None
    assert b"_same" not in page.content


@pytest.mark.parametrize("sent", [{"_same": "1"}, {"_different": "1"}])
def test_a_decision_sent_by_somebody_else_is_refused(client, sent):
    pair = make.candidate()
    client.force_login(make.user(role="auditor"))

    answer = client.post(page_of(pair), {"reason": "Because.", **sent})

    pair.refresh_from_db()
    assert answer.status_code == 403
    assert pair.status == MatchCandidate.Status.PENDING


def test_a_pair_stands_side_by_side_and_says_what_differs(client, steward):
    crm, shop = make.system(kind="crm"), make.system()
    left = make.record("Ada Byron", of=crm, source_id="7", email="ada@home.example")
    right = make.record("Ada King", of=shop, source_id="8", email="ADA@home.example")
    make.person(left, make.record("Ada B", of=crm))
    make.order(right, make.moment("2026-01-15"))

    page = client.get(page_of(make.candidate(left, right)))

    lines = {
        line.label: (line.left, line.right, line.differs)
        for line in page.context["lines"]
    }
    assert lines == {
        "System": (crm.name, shop.name, False),
        "Id": ("7", "8", False),
        "Kind": ("customer", "customer", False),
        "First name": ("Ada", "Ada", False),
        "Last name": ("Byron", "King", True),
        "E-mail": ("ada@home.example", "ADA@home.example", False),
        "Orders": ("none", "1, 2026-01-15 to 2026-01-15", False),
        "Same person as": (f"Ada B ({crm.name})", "—", False),
    }


@pytest.mark.parametrize(
    ("button", "status"), [("_same", SAME), ("_different", DIFFERENT)]
)
def test_a_steward_decides_on_the_page_of_the_pair(client, steward, button, status):
    pair = make.candidate()

    answer = client.post(page_of(pair), {button: "1", "reason": "Same street."})

    pair.refresh_from_db()
    assert (pair.status, pair.decided_by, pair.reason) == (
        status,
        steward,
        "Same street.",
    )
    assert answer.url == QUEUE


def test_a_decided_pair_shows_who_decided_and_no_way_to_decide_again(client, steward):
    pair = make.candidate()
    client.post(page_of(pair), {"_different": "1", "reason": "Two people."})

    page = client.get(page_of(pair)).content.decode()

    assert f"Not the same, said {steward}" in page
    assert "_same" not in page


def test_nothing_of_a_pair_can_be_edited(client, steward):
    pair = make.candidate()

    answer = client.post(page_of(pair), {"guard": "None.", "score": "1"})

    pair.refresh_from_db()
    assert answer.status_code == 403
    assert pair.guard == "The first names differ."


@pytest.mark.parametrize("name", ["matchcandidate", "person"])
def test_a_page_that_is_not_there_leads_back(client, steward, name):
    answer = client.get(reverse(f"admin:identity_{name}_change", args=["nobody"]))

    assert answer.status_code == 302


def test_a_person_is_shown_with_their_records_and_merges(client, steward):
    pair = make.candidate(make.record("Ada Byron"), make.record("Ada King"))
    client.post(page_of(pair), {"_same": "1", "reason": "Same street."})
    [merge] = Merge.objects.all()

    page = client.get(page_of(merge.kept))

    links = [(str(link.record), link.reason) for link in page.context["links"]]
    assert links == [("Ada King", "steward"), ("Ada Byron", "alone")]
    assert page.context["merges"] == [merge]
    assert "Same street." in page.content.decode()


def test_a_list_of_people_costs_the_same_for_one_and_for_three(
    client, steward, django_assert_num_queries
):
    people = reverse("admin:identity_person_changelist")
    make.person(make.record())
    client.get(people)
    with django_assert_num_queries(7):
        client.get(people)
    make.person(make.record(), make.record())
    make.person()

    with django_assert_num_queries(7):
        client.get(people)


def test_people_are_found_by_a_record_of_theirs(client, steward):
    ada = make.person(make.record("Ada Byron"), make.record("Ada King"))
    make.person(make.record("Bo Reed"))

    found = client.get(reverse("admin:identity_person_changelist"), {"q": "king"})

    [person] = found.context["cl"].result_list
    assert (person, person.held_now) == (ada, 2)
