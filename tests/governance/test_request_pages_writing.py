"""What shall be is written down on a page, by those who propose and those who suggest."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from governance import changes
from governance.kinds import KINDS
from governance.models import ChangeRequest
from tests import make
from tests.governance import requests
from tests.governance.pages import as_, press, refusal, typed

pytestmark = pytest.mark.django_db

NEW = "/changes/new/?kind=kpi&key=ltv_90"


def wrong(answer) -> list[str]:
    found = re.findall(r'class="wrong"[^>]*>(.*?)</p>', answer.content.decode())
    return [
        each.replace("&#x27;", "'").replace("&quot;", '"').strip() for each in found
    ]


def test_what_was_typed_becomes_a_draft_of_who_typed_it(domain, steward):
    answer = as_(steward).post(NEW, typed(domain))

    [request] = ChangeRequest.objects.all()
    [operation] = changes.current_revision(request).operations.all()
    assert answer.headers["Location"] == f"/changes/{request.pk}/"
    assert (request.state, request.requested_by, request.title) == (
        "draft",
        steward,
        "Ninety days",
    )
    assert (operation.kind, operation.key, operation.domain_id) == (
        "kpi", "ltv_90", "customer",
    )  # fmt: skip
    assert operation.body == {
        "name": "LTV", "meaning": "What they bought.", "formula": "ltv_90",
        "parameters": {}, "grain": "person", "unit": "euro", "window_days": 90,
        "refund_calendar": "order", "min_n": 0, "comparison": "restated",
        "decision": "",
    }  # fmt: skip


def test_the_form_begins_with_what_holds_now(domain, steward):
    requests.applied(requests.kpi(domain, window_days=45), domain=domain)

    page = as_(steward).get(NEW).content.decode()

    assert 'name="part_window_days" value="45"' in page
    assert 'name="base" value="1"' in page
    assert "Version 1 holds now." in page


def test_what_was_written_against_an_older_version_is_refused(domain, steward):
    requests.applied(requests.kpi(domain), domain=domain)

    answer = as_(steward).post(NEW, typed(domain, base="0"))

    assert (answer.status_code, refusal(answer)) == (
        409,
        "kpi ltv_90 was written against version 0, and version 1 holds now. Look at what "
        "changed and propose again.",
    )
    assert 'value="LTV"' in answer.content.decode()


def test_asking_for_what_holds_already_is_refused(domain, steward):
    client = as_(steward)
    made = ChangeRequest.objects.get(
        pk=client.post(NEW, typed(domain)).headers["Location"].split("/")[2]
    )
    changes.submit(request_id=made.pk, by=steward, at=timezone.now())
    requests.as_measured(made)
    for _ in range(2):
        press(make.owner(domain), made, "approve")
    press(steward, made, "apply")

    answer = client.post(NEW, typed(domain))

    assert refusal(answer) == "kpi ltv_90 says that already, in version 1."


@pytest.mark.parametrize(
    ("part", "said", "sentence"),
    [
        (
            "part_parameters",
            '{"days": 90,',
            "This is no table: expecting property name enclosed in double quotes in "
            'line 1, column 13. Write {"name": value, …}.',
        ),
        ("part_parameters", "[1]", 'This is no table. Write {"name": value, …}.'),
        (
            "part_parameters",
            '{"share": NaN}',
            "A number in this table is not finite. Write one that is.",
        ),
        (
            "part_parameters",
            '{"share": 1e999}',
            "A number in this table is not finite. Write one that is.",
        ),
        (
            "part_parameters",
            '{"name": ["a\\u0000"]}',
            "A text in this table has a character nobody can read. Take it out.",
        ),
        (
            "part_parameters",
            '{"\\ud800": 1}',
            "A text in this table has a character nobody can read. Take it out.",
        ),
        (
            "part_parameters",
            '{"deep": ' + "[" * 20_000 + "]" * 20_000 + "}",
            "This is no table: it is nested too deep, or a number in it is too long.",
        ),
        (
            "part_parameters",
            '{"much": ' + "9" * 5_000 + "}",
            "This is no table: it is nested too deep, or a number in it is too long.",
        ),
        ("part_window_days", "many", "Enter a whole number."),
        ("part_name", " ", "This field is required."),
        ("reason", "", "This field is required."),
        (
            "effective_at",
            "2020-01-01T00:00",
            "This moment has passed, and nobody writes the past. Leave it empty, or "
            "choose a later one.",
        ),
    ],
)
def test_what_cannot_be_is_said_beside_it_and_nothing_is_kept(
    domain, steward, part, said, sentence
):
    answer = as_(steward).post(NEW, typed(domain, **{part: said}))

    assert (answer.status_code, wrong(answer)) == (422, [sentence])
    assert not ChangeRequest.objects.exists()


def test_a_moment_is_typed_in_the_reporting_zone(domain, steward, settings):
    settings.REPORTING_TIME_ZONE = "Asia/Tokyo"

    as_(steward).post(NEW, typed(domain, effective_at="2199-07-01T09:30"))

    assert ChangeRequest.objects.get().effective_at == datetime(
        2199, 7, 1, 9, 30, tzinfo=ZoneInfo("Asia/Tokyo")
    )


def test_a_moment_the_clocks_skip_is_refused(domain, steward, settings):
    settings.REPORTING_TIME_ZONE = "Europe/Berlin"

    # Clocks go forward on the last Sunday of March, at two.
    answer = as_(steward).post(NEW, typed(domain, effective_at="2190-03-28T02:30"))

    assert (answer.status_code, len(wrong(answer))) == (422, 1)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_form_with_a_control_for_each_part(steward, kind):
    page = as_(steward).get(f"/changes/new/?kind={kind}&key=some").content.decode()

    named = re.findall(r'<(?:input|select|textarea)[^>]* name="part_(\w+)"', page)
    # What is ticked has a control for each that may be.
    assert list(dict.fromkeys(named)) == [part.name for part in KINDS[kind]]


@pytest.mark.parametrize(
    "query", ["", "?kind=", "?kind=dragon&key=x", "?kind=%00&key=%00"]
)
def test_without_a_kind_there_is_the_choice_of_one(steward, query):
    page = as_(steward).get(f"/changes/new/{query}").content.decode()

    assert re.findall(r'<option value="(\w+)"', page) == list(KINDS)


@pytest.mark.parametrize("key", ["", "%00", "x" * 5000, "%F0%9F%A6%84", "<script>"])
def test_any_key_may_be_asked_for(steward, key):
    answer = as_(steward).get(f"/changes/new/?kind=kpi&key={key}")

    assert answer.status_code == 200
    assert "<script>" not in answer.content.decode().partition("<main")[2]
