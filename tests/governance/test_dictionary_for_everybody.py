"""The dictionary's pages: for every role, whatever is asked, and at the same cost."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from governance.changes import Proposed
from governance.roles import ROLES
from tests import make
from tests.governance import requests

pytestmark = pytest.mark.django_db

EVIL = "<script>alert(1)</script>"


@pytest.fixture
def reader(client: Client) -> Client:
    client.force_login(make.user())
    return client


def channels(domain, *keys: str) -> list[Proposed]:
    return [
        Proposed("channel", key, domain.key, {"name": key.title(), "position": place})
        for place, key in enumerate(keys)
    ]


def test_names_from_outside_are_text(reader, domain):
    said = requests.kpi(domain, name=EVIL, meaning=EVIL, decision=EVIL, parameters={EVIL: EVIL})  # fmt: skip
    requests.applied(requests.kpi(domain), domain=domain)
    requests.applied(said, domain=domain)
    requests.in_review(requests.kpi(domain, unit=EVIL), by=make.domain_steward(domain))

    addresses = ("/dictionary/", "/dictionary/kpi/ltv_90/", f"/dictionary/?q={EVIL}")
    pages = [reader.get(address).text for address in addresses]

    assert [EVIL in page for page in pages] == [False] * 3
    assert ["&lt;script&gt;" in page for page in pages] == [True] * 3


def test_a_page_is_kept_by_nobody_but_its_reader(reader, domain):
    requests.applied(requests.kpi(domain), domain=domain)

    said = {
        reader.get(address)["Cache-Control"]
        for address in ("/dictionary/", "/dictionary/kpi/ltv_90/")
    }

    assert said == {"private, no-cache"}


@pytest.mark.parametrize("role", [role.key for role in ROLES])
def test_every_role_reads_the_dictionary(client, domain, role):
    requests.applied(requests.kpi(domain), domain=domain)
    client.force_login(make.user(role=role))

    answered = [
        client.get(address).status_code
        for address in ("/dictionary/", "/dictionary/kpi/ltv_90/")
    ]

    assert answered == [200, 200]


def test_nobody_reads_the_dictionary_without_signing_in(client, domain):
    requests.applied(requests.kpi(domain), domain=domain)

    addresses = ["/dictionary/", "/dictionary/kpi/ltv_90/"]
    answered = [client.get(address).url for address in addresses]

    assert answered == [f"/sign-in/?next={address}" for address in addresses]


@pytest.mark.parametrize(
    "asked",
    [
        "q=%00&kind=%00&domain=%00&state=%00&as_of=%00&page=%00",
        "q=%3A*%26%7C!()'\"&kind=pigeon&domain=none&state=gone&page=-1",
        "q=" + "x%20" * 500 + "&page=" + "9" * 5000,
        "q=" + "x" * 5000 + "&as_of=9999-12-31",
        "as_of=0001-01-01&page=1e9",
        "q=%C3%28&q=2&as_of=2026-03-31T99:00",
    ],
    ids=lambda asked: asked[:30],
)
def test_nonsense_in_the_address_is_as_if_it_were_not_there(reader, domain, asked):
    requests.applied(requests.kpi(domain), domain=domain)

    answered = [
        reader.get(f"{address}?{asked}").status_code
        for address in ("/dictionary/", "/dictionary/kpi/ltv_90/")
    ]

    assert answered == [200, 200]


def test_an_empty_dictionary_says_how_to_fill_it(reader):
    text = reader.get("/dictionary/").text

    assert "Nothing is defined yet" in text
    assert "manage.py bootstrap" in text


def test_the_list_costs_the_same_for_one_definition_and_for_a_hundred(
    reader, domain, django_assert_num_queries
):
    requests.applied(*channels(domain, "one"), domain=domain)
    reader.get("/dictionary/")
    with CaptureQueriesContext(connection) as asked:
        reader.get("/dictionary/?q=one")

    requests.applied(*channels(domain, *(f"one {n}" for n in range(99))), domain=domain)

    with django_assert_num_queries(len(asked)):
        page = reader.get("/dictionary/?q=one")
    assert page.context["page"].paginator.count == 100


def test_a_definition_costs_the_same_for_two_versions_and_for_ten(
    reader, domain, django_assert_num_queries
):
    for days in (1, 2):
        requests.applied(requests.kpi(domain, window_days=days), domain=domain)
    by = make.domain_steward(domain)
    requests.in_review(requests.kpi(domain, window_days=77), by=by)
    reader.get("/dictionary/")
    with CaptureQueriesContext(connection) as asked:
        reader.get("/dictionary/kpi/ltv_90/")

    for days in range(3, 11):
        requests.applied(requests.kpi(domain, window_days=days), domain=domain)
    for _ in range(3):
        requests.in_review(requests.kpi(domain, window_days=77), by=by)

    with django_assert_num_queries(len(asked)):
        page = reader.get("/dictionary/kpi/ltv_90/")
    assert (len(page.context["steps"]), len(page.context["pending"])) == (10, 4)
