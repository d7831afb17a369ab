"""The pages of the administration where anybody who may reads who is who."""

import pytest
from django.test import Client
from django.urls import reverse

from governance.models import User
from identity import queue
from identity.models import Merge
from tests import make

pytestmark = pytest.mark.django_db

AT = make.moment("2026-03-02")


@pytest.fixture
def steward(client: Client) -> User:
    """A steward, signed in."""
    somebody = make.user(role="steward")
    client.force_login(somebody)
    return somebody


def test_a_page_that_is_not_there_leads_back(client, steward):
    answer = client.get(reverse("admin:identity_person_change", args=["nobody"]))

    assert answer.status_code == 302


def test_a_person_is_shown_with_their_records_and_merges(client, steward):
    pair = make.candidate(make.record("Ada Byron"), make.record("Ada King"))
    merge = queue.approve(
        candidate_id=pair.pk, by=steward, reason="Same street.", at=AT
    )

    page = client.get(reverse("admin:identity_person_change", args=[merge.kept_id]))

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


def test_pairs_are_read_and_answered_in_the_queue_alone(admin_client):
    """Here a second reader would see what the first one said."""
    page = admin_client.get(reverse("admin:index"))

    assert "matchcandidate" not in page.text


@pytest.mark.parametrize("model", ["person", "merge"])
def test_a_list_without_rows_is_a_page(client, steward, model):
    page = client.get(reverse(f"admin:identity_{model}_changelist"))

    assert page.status_code == 200
    assert list(page.context["cl"].result_list) == []


def test_merges_are_listed_the_latest_first(client, steward):
    kept = make.person()
    early, late = (
        Merge.objects.create(kept=kept, absorbed=make.person(), at=at, reason="Rule.")
        for at in (make.moment("2026-03-02"), make.moment("2026-03-03"))
    )

    page = client.get(reverse("admin:identity_merge_changelist"))

    assert list(page.context["cl"].result_list) == [late, early]


def test_people_are_found_by_a_record_of_theirs(client, steward):
    ada = make.person(make.record("Ada Byron"), make.record("Ada King"))
    make.person(make.record("Bo Reed"))

    found = client.get(reverse("admin:identity_person_changelist"), {"q": "king"})

    [person] = found.context["cl"].result_list
    assert (person, person.held_now) == (ada, 2)
