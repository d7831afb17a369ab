"""The page of the log: for those who look after it, and no further than it can be believed."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from governance import log
from governance.models import GovernanceEvent, Seal, Verification
from tests import make
from tests.governance import requests

pytestmark = pytest.mark.django_db
URL = "/log/"


@pytest.fixture
def auditor(client):
    somebody = make.user(role="auditor")
    client.force_login(somebody)
    return somebody


def look(client, **asked) -> str:
    answer = client.get(URL, asked)
    assert answer.status_code == 200
    return answer.content.decode()


def listed(page: str) -> list[int]:
    """Return the numbers of the events on the page, as they stand there."""
    found = re.findall(r'<th scope="row" class="number">([\d,]+)</th>', page)
    return [int(number.replace(",", "")) for number in found]


def events(**asked) -> list[int]:
    fit = GovernanceEvent.objects.filter(**asked).order_by("-seq")
    return list(fit.values_list("seq", flat=True)[:50])


def happen(times: int, *, name: str = "somebody") -> None:
    """Have the same account change again and again."""
    somebody = make.user()
    for number in range(times):
        somebody.username = f"{name}-{number}"
        somebody.save()


@pytest.mark.parametrize(
    ("role", "status"),
    [("auditor", 200), ("privacy", 200), ("admin", 200),
     ("viewer", 403), ("steward", 403), ("data_owner", 403)],
)  # fmt: skip
def test_those_who_look_after_it_read_it_and_nobody_else(client, role, status):
    client.force_login(make.user(role=role))

    assert client.get(URL).status_code == status


def test_whoever_is_not_signed_in_is_asked_to(client):
    assert client.get(URL).headers["Location"] == f"/sign-in/?next={URL}"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_written_there(client, auditor, method):
    assert getattr(client, method)(URL).status_code == 405


def test_it_is_kept_by_no_browser(client, auditor):
    said = client.get(URL).headers["Cache-Control"]

    assert set(said.split(", ")) == {"private", "no-store"}


@pytest.mark.parametrize(("role", "shown"), [("auditor", True), ("steward", False)])
def test_the_way_there_is_shown_to_those_who_may_go(client, role, shown):
    client.force_login(make.user(role=role))

    page = client.get(reverse("governance:dictionary")).content.decode()

    assert ('href="/log/"' in page) is shown


def test_the_last_event_stands_first(client, auditor):
    happen(3)

    assert listed(look(client)) == events()


def test_each_choice_leaves_out_what_does_not_fit(client, auditor):
    domain = make.domain()
    request = requests.applied(requests.kpi(domain), domain=domain)
    by = request.requested_by.username

    shown = {
        name: listed(look(client, **{name: value}))
        for name, value in {
            "actor": by.upper(), "verb": "took effect", "object": "LTV_9",
            "request": request.pk,
        }.items()
    }  # fmt: skip

    assert shown == {
        "actor": events(actor=by),
        "verb": events(verb="took effect"),
        "object": events(object_key="ltv_90"),
        "request": events(request=request.pk),
    }
    assert all(shown.values())


def test_choices_are_joined_by_and(client, auditor):
    domain = make.domain()
    request = requests.applied(requests.kpi(domain), domain=domain)

    page = look(client, request=request.pk, verb="applied")

    assert listed(page) == events(request=request.pk, verb="applied")


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"on": "yesterday"}, "Write the day as 2026-03-31."),
        ({"on": "9999-12-31"}, "That day is too far off."),
        ({"on": "0001-01-01"}, "There was no log before 1970."),
        ({"request": "ten"}, "Enter a whole number."),
        ({"request": str(2**63)}, "less than or equal to"),
        ({"request": "0"}, "greater than or equal to 1"),
        ({"actor": "a\0b"}, "Null characters are not allowed."),
        ({"object": "x" * 301}, "at most 300 characters"),
    ],
)
def test_what_is_not_understood_is_said_and_lists_nothing(
    client, auditor, asked, sentence
):
    page = look(client, **asked)

    assert (sentence in page, "That was not understood" in page, listed(page)) == (
        True, True, [],
    )  # fmt: skip


@pytest.mark.parametrize("before", ["x", "-1", str(2**70)])
def test_a_place_there_is_not_lists_nothing(client, auditor, before):
    assert listed(look(client, before=before)) == []


def test_leafing_shows_every_event_once(client, auditor):
    happen(120)
    asked, shown = {}, []

    while True:
        page = look(client, **asked)
        shown += listed(page)
        older = re.search(r'href="\?before=(\d+)" rel="next"', page)
        if older is None:
            break
        asked = {"before": older[1]}

    assert shown == list(
        GovernanceEvent.objects.order_by("-seq").values_list("seq", flat=True)
    )


def test_leafing_keeps_what_was_asked_for(client, auditor):
    happen(60)

    page = look(client, object="user")

    assert re.search(r'href="\?object=user&amp;before=\d+" rel="next"', page)


def queries(client, **asked) -> int:
    with CaptureQueriesContext(connection) as made:
        look(client, **asked)
    return len(made)


def test_a_hundred_events_cost_the_queries_of_one(client, auditor):
    one = queries(client, verb="made", object=auditor.username)
    happen(100)

    assert (listed(look(client)) == events(), queries(client)) == (True, one)


def test_it_says_what_changed_as_it_was_and_as_it_is(client, auditor):
    somebody = make.user()
    somebody.username = "<b>new</b>"
    somebody.save()

    page = look(client, object="<b>new</b>")

    assert "&lt;b&gt;new&lt;/b&gt;</ins>" in page
    assert "<b>new</b>" not in page


def told(page: str) -> list[str]:
    return [
        re.sub(r"<[^>]+>", "", said).strip()
        for said in re.findall(r'<dd class="figure-value">(.*?)</dd>', page)
    ]


def test_a_log_nobody_has_sealed_is_unsealed_as_a_whole(client, auditor):
    newest = GovernanceEvent.objects.count()

    assert told(look(client)) == ["Never", "Nothing", str(newest), str(newest)]


def test_what_came_after_the_last_seal_is_counted(client, auditor, tmp_path, settings):
    settings.SEALS, settings.SEAL_KEY = tmp_path / "seals", tmp_path / "key"
    log.seal(at=timezone.now())
    sealed = Seal.objects.get().seq
    happen(3)
    newest = GovernanceEvent.objects.count()

    assert told(look(client)) == [
        "Whole", f"Event {sealed}", str(newest - sealed), str(newest),
    ]  # fmt: skip


def test_a_log_that_was_not_whole_says_what_was_found(client, auditor):
    Verification.objects.create(
        at=timezone.now(), events=5, seals=1, unsealed=0, finding="Event 3 is missing."
    )

    page = look(client)

    assert (told(page)[0], "Event 3 is missing." in page) == ("Not whole", True)
