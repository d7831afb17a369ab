"""The dictionary's pages, as a reader gets them."""

import re
from urllib.parse import quote

import pytest
from django.test import Client

from governance.changes import Proposed
from governance.models import User, Version
from governance.roles import ROLES
from tests import make
from tests.governance import requests

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client: Client) -> Client:
    client.force_login(make.user())
    return client


def channels(domain, *keys: str) -> list[Proposed]:
    return [
        Proposed("channel", key, domain.key, {"name": key.title(), "position": place})
        for place, key in enumerate(keys)
    ]


def keys_on(page) -> list[str]:
    return [row.key for row, _words in page.context["rows"]]


def test_a_search_finds_and_says_how_many(reader, domain):
    requests.applied(requests.field(domain), requests.kpi(domain), domain=domain)

    page = reader.get("/dictionary/?q=e-mail")

    assert keys_on(page) == ["customer.email"]
    assert "1–1 of 1 definitions" in page.text
    assert 'value="e-mail"' in page.text
    assert re.findall(r'>([\w ]+) <span class="count">(\d+)', page.text) == [
        ("Everything", "1"), ("Field", "1"),
    ]  # fmt: skip


def test_a_mistyped_search_offers_what_is_called_almost_so(reader, domain):
    requests.applied(requests.field(domain), domain=domain)

    page = reader.get("/dictionary/?q=custoner+emial")

    assert "Nothing is called exactly so" in page.text
    assert "/dictionary/field/customer.email/" in page.text


def test_a_long_list_is_leafed_through_within_what_was_asked(reader, domain):
    requests.applied(*channels(domain, *(f"c{n:02}" for n in range(51))), domain=domain)

    first = reader.get("/dictionary/?kind=channel&q=c")
    second = reader.get("/dictionary/?kind=channel&q=c&page=2")

    assert (len(keys_on(first)), keys_on(second)) == (50, ["c50"])
    assert "kind=channel&amp;q=c&amp;page=2" in first.text


def test_the_list_as_of_a_day_shows_what_held_as_it_ended(reader, domain):
    requests.applied(requests.kpi(domain), domain=domain)
    today = Version.objects.get().valid_during.lower

    now = reader.get(f"/dictionary/?as_of={today:%Y}-12-31")
    before = reader.get(f"/dictionary/?as_of={today.year - 1}-12-31")

    assert (keys_on(now), keys_on(before)) == (["ltv_90"], [])
    assert "This is what held at" in now.text
    assert "Nothing was defined yet" in before.text
    assert "?as_of=" in re.search(r'href="(/dictionary/kpi/ltv_90/[^"]*)"', now.text)[1]


def test_a_definition_as_of_a_moment_says_what_held_and_that_it_is_past(reader, domain):
    requests.applied(requests.kpi(domain), domain=domain)
    requests.applied(requests.kpi(domain, window_days=60), domain=domain)
    first = Version.objects.order_by("number")[0].valid_during.lower

    now = reader.get("/dictionary/kpi/ltv_90/")
    then = reader.get(f"/dictionary/kpi/ltv_90/?as_of={quote(first.isoformat())}")
    before = reader.get("/dictionary/kpi/ltv_90/?as_of=2020-01-01")

    window = [
        page.context["definition"].version and page.context["definition"].version.body["window_days"]
        for page in (now, then, before)
    ]  # fmt: skip
    assert window == [60, 90, None]
    assert "This is what held at" not in now.text
    assert "another version ended it on" in then.text
    assert "this was not defined yet" in before.text
    assert "in New York" in " ".join(then.text.split())


def test_what_is_no_day_is_said_and_what_holds_now_is_shown(reader, domain):
    requests.applied(requests.kpi(domain), domain=domain)

    pages = [
        reader.get(f"{address}?as_of=soon")
        for address in ("/dictionary/", "/dictionary/kpi/ltv_90/")
    ]

    said = "&#x27;soon&#x27; is no day. Write one as 2026-03-31."
    assert [said in page.text for page in pages] == [True, True]
    assert keys_on(pages[0]) == ["ltv_90"]
    assert 'value="soon"' not in pages[0].text


def test_a_key_with_marks_has_a_page_and_links_lead_to_it(reader, domain):
    odd = ["a/b:c.d", "a//b", "50% off?#1", "ünïcode key", "-", "v3/"]
    requests.applied(*channels(domain, *odd), domain=domain)

    listed = re.findall(
        r'href="(/dictionary/channel/[^"]+)"', reader.get("/dictionary/").text
    )

    answered = [reader.get(link).context["definition"].key for link in listed]
    assert sorted(answered) == sorted(odd)


@pytest.mark.parametrize(
    "address",
    [
        "/dictionary/kpi/ltv_91/",
        "/dictionary/pigeon/ltv_90/",
        "/dictionary/kpi/%00/",
        "/dictionary/kpi/" + "x" * 3000 + "/",
        "/dictionary/kpi/",
    ],
    ids=lambda address: address[:30],
)
def test_what_was_never_defined_has_no_page(reader, address):
    page = reader.get(address)

    assert page.status_code == 404
    assert "There is no such page" in page.text


def test_who_has_which_role_is_shown_to_those_alone_who_may_see_users(client, domain):
    User.objects.create(username="somebody")
    granted = Proposed("permission", "somebody", domain.key, {"roles": ["steward"]})
    requests.applied(granted, domain=domain)

    answered = {}
    for role in ROLES:
        client.force_login(make.user(role=role.key))
        listed = (
            "somebody"
            in client.get("/dictionary/?q=somebody").text.partition("<table")[2]
        )
        answered[role.key] = (
            client.get("/dictionary/permission/somebody/").status_code, listed,
        )  # fmt: skip

    assert {role for role, seen in answered.items() if seen == (200, True)} == {
        "auditor", "admin",
    }  # fmt: skip
    assert set(answered.values()) == {(200, True), (404, False)}


def test_who_may_proposes_a_change_and_others_suggest_one(client, domain):
    requests.applied(requests.kpi(domain, "ltv/90:a&b"), domain=domain)

    offered = {}
    for role in ROLES:
        client.force_login(make.user(role=role.key))
        text = client.get("/dictionary/kpi/ltv/90:a&b/").text
        offered[role.key] = re.findall(r"(Propose|Suggest) a change", text)
        links = re.findall(r'href="(/changes/new/[^"]+)"', text)
        assert links in ([], ["/changes/new/?kind=kpi&amp;key=ltv%2F90%3Aa%26b"])

    assert offered == {
        "viewer": ["Suggest"], "steward": ["Propose"], "data_owner": ["Propose"],
        "privacy": ["Propose"], "auditor": [], "admin": ["Propose"],
    }  # fmt: skip


def test_nobody_is_offered_to_change_the_past(client, domain):
    requests.applied(requests.kpi(domain), domain=domain)
    client.force_login(make.user(role="steward"))

    page = client.get("/dictionary/kpi/ltv_90/?as_of=2020-01-01")

    assert "a change</a>" not in page.text


def test_the_versions_tell_who_asked_who_approved_and_what_changed(reader, domain):
    requests.applied(requests.kpi(domain), domain=domain)
    request = requests.applied(requests.kpi(domain, window_days=60), domain=domain)
    one, other = [each.by.username for each in request.decisions.order_by("pk")]

    text = reader.get("/dictionary/kpi/ltv_90/").text

    told = " ".join(re.sub(r"<[^>]+>", "", text).split())
    assert f"was: 90 is now: 60 A change, asked for by {request.requested_by.username}, approved by {one} and {other}." in told  # fmt: skip
    assert f"/changes/{request.pk}/" in text


def test_any_two_versions_are_compared_without_script(reader, domain):
    for days in (90, 60, 30):
        requests.applied(requests.kpi(domain, window_days=days), domain=domain)

    page = reader.get("/dictionary/kpi/ltv_90/?from=1&to=3")

    assert "From version 1 to version 3" in page.text
    for numbers in ("from=1&to=1", "from=1&to=9", "from=x&to=", "from=%C2%B2&to=1",
                    "from=1&to=" + "9" * 5000):  # fmt: skip
        assert (
            reader.get(f"/dictionary/kpi/ltv_90/?{numbers}").context["compared"] is None
        )


def test_many_versions_are_leafed_through_and_each_says_what_it_changed(reader, domain):
    for days in range(1, 13):
        requests.applied(requests.kpi(domain, window_days=days), domain=domain)

    pages = [
        reader.get(f"/dictionary/kpi/ltv_90/?page={number}").context["steps"]
        for number in (1, 2)
    ]

    assert [(step.version.number, len(step.differences)) for step in pages[0]] == [
        (number, 1) for number in range(12, 2, -1)
    ]
    assert [(step.version.number, len(step.differences)) for step in pages[1]] == [
        (2, 1), (1, 0),
    ]  # fmt: skip


def test_an_open_request_is_shown_with_what_it_would_change(reader, domain):
    requests.applied(requests.kpi(domain), domain=domain)
    by = make.domain_steward(domain)
    request = requests.in_review(requests.kpi(domain, window_days=30), by=by)

    text = reader.get("/dictionary/kpi/ltv_90/").text

    asked = text.partition('id="pending-title"')[2].partition("</section>")[0]
    assert f"/changes/{request.pk}/" in asked
    assert ("In review" in asked, ">30</ins>" in asked) == (True, True)
