"""What programs read: definitions as of any moment, requests, and the state of the log."""

import re
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import resolve
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from governance import log
from governance.models import Version
from tests import make
from tests.governance import requests
from tests.governance.programs import post, program, said
from tests.governance.requests import AT

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
LIST, KPI = "/api/v1/definitions", "/api/v1/definitions/kpi/ltv_90"


@pytest.fixture
def reader(domain):
    return program(make.user(), "read")


def agree(domain, *keys: str):
    return requests.applied(*(requests.kpi(domain, key) for key in keys), domain=domain)


def keys(answer) -> list[str]:
    assert answer.status_code == 200, answer.json()
    return [each["key"] for each in answer.json()["items"]]


def leaf(client, address: str, **asked: object) -> list[list[str]]:
    """Return what stands on each page of a list, until there is no next one."""
    pages = []
    answer = client.get(address, asked)
    while True:
        pages.append([each.get("key") or each["id"] for each in answer.json()["items"]])
        following = answer.json()["next"]
        if following is None:
            return pages
        answer = client.get(following)


def test_a_program_is_told_whom_it_acts_for_and_where_to_go_on(domain):
    owner = make.owner(domain)
    client = program(owner)
    token = owner.tokens.get()

    assert client.get("/api/v1/").json() == {
        "acts_for": owner.username,
        "token": {
            "name": token.name,
            "scope": "propose",
            "expires_at": token.expires_at.isoformat().replace("+00:00", "Z"),
        },
        "addresses": {
            name: f"http://testserver/api/v1/{name}"
            for name in ("definitions", "changes", "log")
        },
    }


def test_a_definition_is_told_with_the_request_of_each_version(domain, reader):
    first = agree(domain, "ltv_90")
    second = requests.applied(requests.kpi(domain, min_n=7), domain=domain)

    told = reader.get(KPI).json()

    versions = list(Version.objects.of("kpi", "ltv_90"))
    moments = [
        each.valid_during.lower.isoformat().replace("+00:00", "Z") for each in versions
    ]
    assert (told["kind"], told["key"], told["name"]) == (
        "kpi", "ltv_90", "Lifetime value, 90 days",
    )  # fmt: skip
    assert told["holds"] == {
        "kind": "kpi", "key": "ltv_90", "version": 2, "domain": "customer",
        "state": "active", "successor": "", "body": versions[0].body,
        "digest": versions[0].digest, "since": moments[0], "until": None,
    }  # fmt: skip
    assert [
        (each["version"], each["request"], each["since"], each["until"])
        for each in told["versions"]["items"]
    ] == [(2, second.pk, moments[0], None), (1, first.pk, moments[1], moments[0])]


def test_what_is_read_can_be_sent_back_as_it_is(domain, reader):
    agree(domain, "ltv_90")
    held = reader.get(KPI).json()["holds"]
    operation = {name: held[name] for name in ("kind", "key", "domain", "body")}

    answer = post(
        program(make.owner(domain)),
        "/api/v1/changes",
        {"title": "Same", "reason": "None.", "operations": [operation]},
    )

    assert said(answer) == (422, "kpi ltv_90 says that already, in version 1.")


def test_a_definition_is_read_as_it_stood(domain, reader):
    agree(domain, "ltv_90")
    then = timezone.now().isoformat()
    requests.applied(requests.kpi(domain, min_n=7), domain=domain)

    told = [
        reader.get(KPI, {"as_of": moment}).json()["holds"]
        for moment in (then, "2020-01-01")
    ]
    listed = reader.get(LIST, {"as_of": then}).json()["items"]

    assert (told[0]["version"], told[1]) == (1, None)
    assert [each["version"] for each in listed] == [1]


def test_a_list_leaves_out_what_was_not_asked_for(domain, reader):
    orders = make.domain("orders")
    requests.applied(
        requests.field(domain), requests.kpi(domain, "ltv_90"), domain=domain
    )
    requests.applied(requests.kpi(orders, "aov", name="Basket"), domain=orders)
    asked = {
        "": ["customer.email", "aov", "ltv_90"],
        "kind=kpi": ["aov", "ltv_90"],
        "domain=orders": ["aov"],
        "state=retired": [],
        "search=e-mail": ["customer.email"],
        "search=lifetime&kind=field": [],
        "search=%25_'%22%5C": ["customer.email", "aov", "ltv_90"],
    }

    assert {each: keys(reader.get(f"{LIST}?{each}")) for each in asked} == asked


IN_VAIN = (
        ("domain=x", "domain", "It is one of customer."),
        ("state=gone", "state", "It is one of active, deprecated, retired."),
        ("kinds=kpi", "kinds", "There is no such name here; there are kind, domain, "
         "state, search, as_of, cursor, limit."),
        ("kind=kpi&kind=field", "kind", "It is said more than once."),
        ("search=a%00b", "search", "It is too long, or no text."),
        ("search=" + "x" * 201, "search", "It is too long, or no text."),
        ("limit=0", "limit", "It is a whole number from 1 to 100."),
        ("limit=101", "limit", "It is a whole number from 1 to 100."),
        ("limit=٣", "limit", "It is a whole number from 1 to 100."),
        ("cursor=x", "cursor", "It is none of this list. Follow `next` as it was given,"
         " or begin anew."),
        ("as_of=2026-02-30", "as_of", "It is no day and no moment. Write 2026-03-31, or "
         "2026-03-31T14:00Z; a + in an address is written %2B."),
        ("as_of=2026-03-31T14:00+02:00", "as_of", "It is no day and no moment. Write "
         "2026-03-31, or 2026-03-31T14:00Z; a + in an address is written %2B."),
)  # fmt: skip


def test_what_an_address_asks_for_in_vain_is_named(reader):
    for asked, part, error in IN_VAIN:
        answer = reader.get(f"{LIST}?{asked}")

        assert (answer.status_code, answer.json()) == (
            400,
            {"error": f"{part}: {error}", "parts": [{"part": part, "error": error}]},
        )


def test_a_kind_one_may_not_read_is_as_one_there_is_not(domain, reader):
    auditor = program(make.user(role="auditor"), "read")

    one = "/api/v1/definitions/permission/x"
    answers = [each.get(one).json()["error"] for each in (reader, auditor)]

    assert answers == [
        "There is no kind permission.",
        "Nothing of the kind permission is called x.",
    ]
    assert reader.get(LIST, {"kind": "permission"}).status_code == 400
    assert auditor.get(LIST, {"kind": "permission"}).status_code == 200


@pytest.mark.parametrize("key", ["nothing", "a%00b", "web/visits:event.kind", "%F0"])
def test_what_was_never_defined_is_not_there(reader, key):
    assert reader.get(f"/api/v1/definitions/kpi/{key}").status_code == 404


def test_a_list_is_leafed_through_without_gap_or_repetition(domain, reader):
    agree(domain, *(f"kpi_{number}" for number in range(5)))

    assert leaf(reader, LIST, limit=2) == [
        ["kpi_0", "kpi_1"], ["kpi_2", "kpi_3"], ["kpi_4"],
    ]  # fmt: skip
    assert leaf(reader, LIST, limit=5) == [[f"kpi_{number}" for number in range(5)]]


def test_what_is_added_meanwhile_repeats_and_hides_nothing(domain, reader):
    agree(domain, "b", "d", "f")
    first = reader.get(LIST, {"limit": 2}).json()
    agree(domain, "a", "e")
    requests.applied(requests.kpi(domain, "b", min_n=7), domain=domain)

    assert keys(reader.get(first["next"])) == ["e", "f"]


def test_the_next_page_asks_for_what_the_first_one_did(domain, reader):
    agree(domain, "a", "b")
    requests.applied(requests.field(domain), domain=domain)

    pages = leaf(reader, LIST, limit=1, kind="kpi", search="lifetime")

    assert pages == [["a"], ["b"]]


def test_the_versions_of_a_definition_are_leafed_through(domain, reader):
    for n in range(3):
        requests.applied(requests.kpi(domain, min_n=n), domain=domain)

    first = reader.get(KPI, {"limit": 2}).json()["versions"]
    second = reader.get(first["next"]).json()["versions"]

    found = [[each["version"] for each in page["items"]] for page in (first, second)]
    assert (found, second["next"]) == ([[3, 2], [1]], None)


def test_a_cursor_of_another_list_is_none_of_this_one(domain, reader):
    agree(domain, "a", "b")
    following = reader.get(LIST, {"limit": 1}).json()["next"]
    cursor = following.partition("cursor=")[2].partition("&")[0]

    answer = reader.get(f"/api/v1/changes?cursor={cursor}")

    assert (answer.status_code, answer.json()["parts"][0]["part"]) == (400, "cursor")


@settings(
    max_examples=15, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(query=st.dictionaries(
    st.sampled_from(["kind", "domain", "state", "search", "as_of", "cursor", "limit"]),
    st.text(max_size=30),
))  # fmt: skip
def test_whatever_stands_in_an_address_is_answered(reader, query):
    answer = reader.get(LIST, query)

    assert answer.status_code in {200, 400}
    assert answer["Content-Type"] == "application/json"


def test_who_knows_a_definition_is_told_only_that_they_do(domain, reader):
    agree(domain, "ltv_90")
    tags = {address: reader.get(address)["ETag"] for address in (KPI, LIST)}

    again = [
        reader.get(address, headers={"if-none-match": tag})
        for address, tag in tags.items()
    ]
    requests.applied(requests.kpi(domain, min_n=7), domain=domain)
    changed = [
        reader.get(address, headers={"if-none-match": tag})
        for address, tag in tags.items()
    ]

    assert [(each.status_code, each.content) for each in again] == [(304, b"")] * 2
    assert [each.status_code for each in changed] == [200, 200]


def test_no_cache_in_between_keeps_an_answer(domain, reader):
    answer = reader.get(LIST)

    assert answer["Cache-Control"] == "private, no-cache"
    assert {"Authorization", "Cookie"} <= set(answer["Vary"].split(", "))


def test_a_list_of_definitions_costs_the_same_for_one_and_for_a_hundred(domain, reader):
    agree(domain, "one")
    reader.get(LIST)

    with CaptureQueriesContext(connection) as for_one:
        assert len(keys(reader.get(LIST, {"limit": 100}))) == 1
    agree(domain, *(f"kpi_{number:03}" for number in range(99)))
    with CaptureQueriesContext(connection) as for_many:
        assert len(keys(reader.get(LIST, {"limit": 100}))) == 100

    assert len(for_one) == len(for_many) == 10


def test_the_log_says_how_far_it_is_sealed_and_whether_it_was_whole(domain):
    auditor = program(make.user(role="auditor"), "read")
    before = auditor.get("/api/v1/log").json()
    sealed = log.seal(at=AT)
    make.user()

    assert sealed is not None
    assert before | {"events": 0, "unsealed": 0} == {
        "events": 0, "unsealed": 0, "sealed_up_to": None, "sealed_at": None,
        "looked_at": None, "is_whole": None, "finding": None,
    }  # fmt: skip
    assert auditor.get("/api/v1/log").json() | {"events": 0} == {
        "events": 0, "unsealed": 2, "sealed_up_to": sealed.seq,
        "sealed_at": "2026-03-02T09:00:00Z", "looked_at": "2026-03-02T09:00:00Z",
        "is_whole": True, "finding": "",
    }  # fmt: skip


@pytest.mark.parametrize("role", ["viewer", "steward", "data_owner"])
def test_the_state_of_the_log_is_for_those_who_read_the_log(role):
    answer = program(make.user(role=role), "read").get("/api/v1/log")

    assert said(answer) == (403, "This is not for you to read.")


def test_every_address_the_documentation_names_is_there():
    page = (ROOT / "docs" / "api.md").read_text()
    named = set(re.findall(r"\$API(/[\w/]+)", page))

    found = {path: resolve(f"/api/v1{path}").func.cls.__name__ for path in named}

    assert found == {
        "/definitions": "Definitions",
        "/definitions/kpi/ltv_90": "Definition",
        "/changes": "Requests",
        "/changes/2": "OneRequest",
        "/changes/2/revisions": "Revisions",
        "/changes/2/submission": "Submission",
        "/changes/2/preview": "Previews",
        "/changes/2/comments": "Comments",
        "/log": "Log",
        "/review/pairs": "Pairs",
        "/review/pairs/12/answers": "Answers",
        "/review/pairs/next": "Following",
        "/review/answers/7/undo": "Undoing",
        "/readings": "Readings",
        "/boards/growth": "OneBoard",
        "/schema": "Schema",
    }
