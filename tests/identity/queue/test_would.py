"""A steward has measured what a merge would do, before they answer."""

import pytest

from identity import ledger
from reporting.models import Restating
from tests import make, published
from tests.identity.queue import asked
from tests.identity.queue.pages import as_, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair():
    left, right = make.record(), make.record("Ida Byron")
    for record in (left, right):
        if ledger.person_of(record_id=record.pk) is None:
            make.person(record)
    return asked.pair(left=left, right=right)


def test_a_worker_is_asked_once_for_the_two_people_of_the_pair(pair):
    build, browser = published.build(), as_(make.user(role="steward"))
    assert "Measure it exactly" in words(browser.get(f"/review/{pair.pk}/"))

    for _ in range(2):
        browser.post(f"/review/{pair.pk}/would/")

    found = ledger.people_of(record_ids=[pair.left_id, pair.right_id])
    [made] = Restating.objects.all()
    assert (made.people, made.build_after) == (sorted(found.values()), build)
    assert "Measure it exactly" not in words(browser.get(f"/review/{pair.pk}/"))


def test_with_nothing_published_the_page_says_why_nothing_is_measured(pair):
    browser = as_(make.user(role="steward"))

    page = browser.post(f"/review/{pair.pk}/would/", follow=True)

    assert "Nothing is published yet: there is no number to move." in words(page)


def test_a_data_owner_who_is_no_steward_has_nothing_measured(pair):
    published.build()

    as_(make.user(role="data_owner")).post(f"/review/{pair.pk}/would/")

    assert Restating.objects.count() == 0
