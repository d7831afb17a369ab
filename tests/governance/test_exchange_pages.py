"""Definitions leave the dictionary as a file, and come back as one request."""

import csv
import io
import re

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from governance import changes
from governance.models import ChangeRequest, Domain, User
from governance.roles import ROLES
from tests import make
from tests.governance import requests
from tests.governance.pages import as_, refusal, words

pytestmark = pytest.mark.django_db

IMPORT, TRIED = "/dictionary/import/", "/dictionary/import/dry-run/"
NEW = "- {kind: channel, key: new, domain: growth, says: {name: N, position: 2}}\n"
WRONG = "- {kind: channel, key: bad, domain: growth, says: {name: B}}\n"


@pytest.fixture
def domain() -> Domain:
    return make.domain("growth")


@pytest.fixture
def steward(domain: Domain) -> Client:
    return as_(make.domain_steward(domain))


def channel(domain: Domain, key: str = "email", **said: object) -> changes.Proposed:
    body = {"name": "E-mail", "position": 1, **said}
    return changes.Proposed("channel", key, domain.key, body)


def send(client: Client, text: str | bytes, name: str = "ours.yaml"):
    raw = text.encode() if isinstance(text, str) else text
    return client.post(IMPORT, {"file": SimpleUploadedFile(name, raw)})


def ask(client: Client, **typed: str):
    """Press the button of the dry run as it is seen now."""
    seen = re.search(r'name="seen" value="(\w+)"', client.get(TRIED).content.decode())
    given = {"title": "Import", "reason": "As agreed.", "effective_at": "", **typed}
    return client.post(TRIED, {"seen": seen[1] if seen else "", **given})


def listed(answer) -> list[tuple[str, int]]:
    found = yaml.safe_load(answer.content)
    return [(each["key"], each["version"]) for each in found]


def test_an_export_is_what_the_dictionary_finds_at_the_same_address(domain, steward):
    requests.applied(channel(domain), channel(domain, "search", name="Search"), requests.kpi(domain), domain=domain)  # fmt: skip

    found = {
        asked: [key for key, _ in listed(steward.get(f"/dictionary/export.yaml?{asked}"))]
        for asked in ("", "kind=channel", "q=mail", "kind=channel&q=search", "state=retired", "domain=growth&kind=kpi")
    }  # fmt: skip

    assert found == {
        "": ["email", "search", "ltv_90"], "kind=channel": ["email", "search"],
        "q=mail": ["email"], "kind=channel&q=search": ["search"], "state=retired": [],
        "domain=growth&kind=kpi": ["ltv_90"],
    }  # fmt: skip


def test_an_export_as_of_a_day_is_what_held_on_it(domain, steward):
    requests.applied(channel(domain), domain=domain)
    requests.applied(channel(domain, name="Mail"), domain=domain)

    now, then = (
        listed(steward.get(f"/dictionary/export.yaml?{asked}"))
        for asked in ("as_of=2999-01-01", "as_of=2020-01-01")
    )

    assert (now, then) == ([("email", 2)], [])


def test_an_export_is_a_file_with_a_name(domain, steward):
    requests.applied(channel(domain), domain=domain)

    answer = steward.get("/dictionary/export.csv?kind=channel&as_of=2999-01-01")

    assert (answer["Content-Type"], answer["Content-Disposition"], answer["Cache-Control"]) == (
        "text/csv; charset=utf-8",
        'attachment; filename="definitions-channel-2999-01-01.csv"',
        "private, no-cache",
    )  # fmt: skip
    table = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))  # fmt: skip
    assert table == [
        ["kind", "key", "version", "domain", "state", "successor", "name", "position", "meaning"],
        ["channel", "email", "1", "growth", "active", "", "E-mail", "1", ""],
    ]  # fmt: skip


def test_two_exports_are_the_same_bytes(domain, steward):
    requests.applied(channel(domain), requests.kpi(domain, parameters={"b": 1, "aa": [True, None]}), domain=domain)  # fmt: skip

    for form in ("yaml", "csv"):
        first, second = (
            steward.get(f"/dictionary/export.{form}").content for _ in "12"
        )
        assert first == second


def test_a_day_nobody_can_read_is_told_on_the_page_and_gives_no_file(steward):
    answer = steward.get("/dictionary/export.yaml?as_of=pigeon&kind=kpi", follow=True)

    assert answer.redirect_chain == [("/dictionary/?as_of=pigeon&kind=kpi", 302)]
    assert "&#x27;pigeon&#x27; is no day." in answer.content.decode()


@pytest.mark.parametrize(
    "asked", ["kind=pigeon", "kind=permission", "kind=%00x", "kind=../x"]
)
def test_a_kind_the_reader_has_no_part_in_is_not_exported(steward, asked):
    assert steward.get(f"/dictionary/export.yaml?{asked}").status_code == 404


@pytest.mark.parametrize("asked", ["q=%00", "domain=%00&state=%00", "q=" + "x" * 5000])
def test_nonsense_exports_nothing_that_breaks(steward, asked):
    assert steward.get(f"/dictionary/export.csv?{asked}").status_code == 200


@pytest.mark.parametrize("role", [role.key for role in ROLES])
def test_everybody_exports_and_who_may_suggest_imports(domain, role):
    client = as_(make.user(role=role))

    answered = [
        client.get(address).status_code
        for address in ("/dictionary/export.yaml", "/dictionary/export.csv", IMPORT)
    ]

    assert answered == [200, 200, 403 if role == "auditor" else 200]
    assert ("Import" in words(client.get("/dictionary/"))) == (role != "auditor")


def test_an_auditor_imports_nothing(domain):
    client = as_(make.user(role="auditor"))

    assert [send(client, NEW).status_code, client.get(TRIED).status_code] == [403, 403]


def test_nobody_exports_or_imports_without_signing_in(client):
    addresses = ["/dictionary/export.yaml", "/dictionary/export.csv", IMPORT, TRIED]

    answered = [client.get(address).url for address in addresses]

    assert answered == [f"/sign-in/?next={address}" for address in addresses]


def test_a_file_is_tried_out_row_by_row_before_anything_is_asked(domain, steward):
    requests.applied(channel(domain), domain=domain)
    before = ChangeRequest.objects.count()
    text = steward.get("/dictionary/export.yaml").content.decode()

    answer = send(steward, text.replace("E-mail", "Letters") + NEW + WRONG)

    page = words(steward.get(answer.url))
    assert (answer.url, ChangeRequest.objects.count()) == (TRIED, before)
    assert "This file asks for 2 definitions" in page
    assert "Channel email line 3, against version 1 Changed Name was: E-mail is now: Letters" in page  # fmt: skip
    assert "Channel bad line 14 Wrong position is missing: Where it stands in lists. line 14" in page  # fmt: skip
    assert "Definitions and parts the file does not name stay as they are." in page


def test_the_button_writes_one_draft(domain, steward):
    send(steward, NEW)

    answer = ask(steward, title="Two more")

    made = ChangeRequest.objects.get(title="Two more")
    assert (answer.url, made.state, made.reason) == (f"/changes/{made.pk}/", "draft", "As agreed.")  # fmt: skip
    assert [each.key for each in changes.current_revision(made).operations.all()] == ["new"]  # fmt: skip
    # It was asked for once: the file is gone.
    assert steward.get(TRIED).url == IMPORT


def test_a_viewers_file_becomes_a_suggestion(domain):
    viewer = make.user()
    client = as_(viewer)
    send(client, NEW)

    page = words(client.get(TRIED))
    ask(client, title="A suggestion")

    assert "You suggest it" in page
    assert ChangeRequest.objects.get(title="A suggestion").requested_by == viewer


def test_a_file_with_wrong_rows_is_asked_for_once_that_is_said(domain, steward):
    send(steward, NEW + WRONG)

    refused = ask(steward)
    left = ask(steward, leave_out="yes")

    assert (refused.status_code, refusal(refused)) == (
        409,
        "1 of 2 rows cannot be asked for. Mend the file, or say that they are to be left "
        "out.",
    )
    [made] = ChangeRequest.objects.all()
    assert left.url == f"/changes/{made.pk}/"


def test_what_was_not_seen_is_not_asked_for(domain, steward):
    requests.applied(channel(domain), domain=domain)
    send(steward, "- {kind: channel, key: email, says: {name: Letters}}")
    seen = re.search(r'name="seen" value="(\w+)"', steward.get(TRIED).content.decode())[1]  # fmt: skip
    requests.applied(channel(domain, name="Mail"), domain=domain)
    before = ChangeRequest.objects.count()

    for digest in (seen, "", "0" * 64):
        answer = steward.post(TRIED, {"seen": digest, "title": "T", "reason": "R"})
        assert (answer.status_code, refusal(answer)) == (
            409,
            "What is agreed on has changed since you looked at this. Look again, and ask "
            "for it then.",
        )
    assert ChangeRequest.objects.count() == before


def test_a_file_in_another_window_is_not_asked_for_by_this_ones_button(domain, steward):
    send(steward, NEW)
    seen = re.search(r'name="seen" value="(\w+)"', steward.get(TRIED).content.decode())[1]  # fmt: skip
    send(steward, NEW.replace("new", "other"))

    answer = steward.post(TRIED, {"seen": seen, "title": "T", "reason": "R"})

    assert (answer.status_code, ChangeRequest.objects.count()) == (409, 0)


def test_a_request_without_a_reason_is_not_written(domain, steward):
    send(steward, NEW)

    answer = ask(steward, reason="")

    assert (answer.status_code, ChangeRequest.objects.count()) == (422, 0)
    assert "This field is required." in answer.content.decode()


def test_what_cannot_be_together_is_said_and_not_asked_for(domain, steward):
    send(steward, "- {kind: mapping, key: 'till/orders:order.id', domain: growth, says: {rule: id}}")  # fmt: skip

    page, answer = words(steward.get(TRIED)), ask(steward, leave_out="yes")

    assert "Taken together: There is no stream till/orders" in page
    assert (answer.status_code, ChangeRequest.objects.count()) == (409, 0)


@pytest.mark.parametrize(
    ("name", "raw", "said"),
    [
        ("a.xlsx", b"PK", "Its name ends neither in .yaml nor in .csv. Import one of these."),
        ("a.yaml", b"- *a", "Line 1, column 3: “*a” stands for what is said elsewhere. Write it out."),
        ("a.csv", b"\xff\xff", "Line 1 holds a character that is not UTF-8. Save the file as UTF-8; a spreadsheet calls it “CSV UTF-8”."),
        ("a.csv", b"x" * (2 * 1024 * 1024 + 1), "It is larger than 2 MB. Import it in parts."),
    ],
)  # fmt: skip
def test_a_file_nobody_can_read_is_refused_and_not_kept(steward, name, raw, said):
    answer = send(steward, raw, name)

    assert (answer.status_code, refusal(answer)) == (422, said)
    assert steward.get(TRIED).url == IMPORT


def test_who_chooses_another_file_lets_go_of_the_one_before(domain, steward):
    send(steward, NEW)

    steward.get(IMPORT)

    assert steward.get(TRIED).url == IMPORT


def test_without_a_file_one_is_asked_for(steward):
    answers = [steward.post(IMPORT), send(steward, b"", "empty.csv")]

    assert [(each.status_code, refusal(each)) for each in answers] == [
        (422, "Choose a file first."), (422, "There is nothing in it."),
    ]  # fmt: skip


def test_a_file_belongs_to_whoever_sent_it(domain, steward):
    send(steward, NEW)

    other: User = make.domain_steward(domain)
    assert as_(other).get(TRIED).url == IMPORT


def test_words_of_a_file_are_text(steward, domain):
    evil = "<script>alert(1)</script>"
    send(steward, f"- {{kind: '{evil}', key: '{evil}', domain: '{evil}'}}\n" + NEW.replace("N,", f"'{evil}',"), f"{evil}.yaml")  # fmt: skip

    page = steward.get(TRIED).content.decode()

    assert (evil in page, "&lt;script&gt;alert(1)" in page) == (False, True)


@pytest.mark.parametrize("asked", ["show=pigeon&page=-1", "show=%00&page=1e9", "show=wrong&page=" + "9" * 5000])  # fmt: skip
def test_nonsense_in_the_address_is_as_if_it_were_not_there(steward, domain, asked):
    send(steward, NEW + WRONG)

    assert steward.get(f"{TRIED}?{asked}").status_code == 200


def test_rows_of_one_verdict_are_shown_alone(domain, steward):
    requests.applied(channel(domain), domain=domain)
    text = steward.get("/dictionary/export.yaml").content.decode()
    send(steward, text + NEW + WRONG)

    shown = {
        verdict: [one.row.key for one in steward.get(f"{TRIED}?show={verdict}").context["page"]]
        for verdict in ("", "new", "unchanged", "wrong", "moved")
    }  # fmt: skip

    assert shown == {"": ["new", "bad"], "new": ["new"], "unchanged": ["email"], "wrong": ["bad"], "moved": []}  # fmt: skip


def test_the_dry_run_costs_the_same_for_one_row_and_for_a_thousand(domain, steward):
    send(steward, NEW)
    steward.get(TRIED)
    with CaptureQueriesContext(connection) as one:
        steward.get(TRIED)
    send(steward, "".join(NEW.replace("key: new", f"key: c{n}") for n in range(1_000)))

    with CaptureQueriesContext(connection) as many:
        page = steward.get(TRIED)

    assert len(many) == len(one)
    assert (len(page.context["page"]), page.context["n"]) == (50, 1_000)
