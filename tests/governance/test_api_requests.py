"""Requests as programs read them, ask for them, and are refused them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance import changes, effects
from governance.models import ChangeRequest, Operation, Preview, Revision
from tests import make
from tests.governance import requests
from tests.governance.programs import LIST, at, post, program, proposal, said
from tests.governance.requests import AT

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(domain):
    return program(make.user(), "read")


@pytest.fixture
def asking(steward):
    return program(steward)


def leaf(client, **asked: object) -> list[list[int]]:
    """Return which requests stand on each page of the list."""
    pages, answer = [], client.get(LIST, asked)
    while True:
        pages.append([each["id"] for each in answer.json()["items"]])
        following = answer.json()["next"]
        if following is None:
            return pages
        answer = client.get(following)


def field(key: str = "customer.email", **otherwise: object) -> dict[str, object]:
    """Return a definition as a program writes it."""
    body = {"name": "E-mail", "meaning": "Where they read mail.", "type": "text"}
    return {
        "kind": "field",
        "key": key,
        "domain": "customer",
        "body": body,
        **otherwise,
    }


def wrong(answer) -> list[tuple[str, str]]:
    """Return which parts of what was sent are wrong, and why."""
    return [(each["part"], each["error"]) for each in answer.json()["parts"]]


def ninety_nine_more(asker, domain) -> None:
    made = ChangeRequest.objects.bulk_create(
        ChangeRequest(
            title="Another",
            reason="Why.",
            requested_by=asker,
            made_at=AT,
            expires_at=AT,
        )
        for _ in range(99)
    )
    revisions = Revision.objects.bulk_create(
        Revision(request=each, number=1, made_by=asker, made_at=AT) for each in made
    )
    Operation.objects.bulk_create(
        Operation(
            revision=each, position=0, kind="kpi", key="ltv", domain=domain, body={}
        )
        for each in revisions
    )


def test_a_list_of_requests_costs_the_same_for_one_and_for_a_hundred(domain, reader):
    asker = make.owner(domain)
    requests.draft(requests.kpi(domain), by=asker)
    reader.get(LIST)

    with CaptureQueriesContext(connection) as for_one:
        assert len(reader.get(LIST, {"limit": 100}).json()["items"]) == 1
    ninety_nine_more(asker, domain)
    with CaptureQueriesContext(connection) as for_many:
        assert len(reader.get(LIST, {"limit": 100}).json()["items"]) == 100

    assert len(for_one) == len(for_many) == 11


def test_requests_are_listed_the_newest_first_and_by_their_state(domain, reader):
    asker = make.owner(domain)
    draft = requests.draft(requests.kpi(domain), by=asker)
    waits = requests.in_review(requests.kpi(domain), by=asker)

    assert leaf(reader, limit=1) == [[waits.pk], [draft.pk]]
    assert leaf(reader, state="draft") == [[draft.pk]]


def test_a_request_is_told_with_all_that_was_said_of_it(domain, reader):
    asker, owner = make.owner(domain), make.owner(domain)
    request = requests.in_review(requests.kpi(domain), by=asker)
    changes.comment(request_id=request.pk, text="Why 90?", by=owner, at=AT)
    changes.approve(
        request_id=request.pk, digest=requests.digest(request), by=owner, at=AT
    )

    told = reader.get(at(request)).json()

    moment = "2026-03-02T09:00:00Z"
    assert told["decisions"] == [
        {"by": owner.username, "verdict": "approve", "comment": "", "cycle": 1,
         "at": moment, "counts": True}
    ]  # fmt: skip
    assert told["comments"] == [{"by": owner.username, "text": "Why 90?", "at": moment}]
    assert (told["state"], told["requested_by"], told["digest"], told["missing"]) == (
        "in_review", asker.username, requests.digest(request),
        "it needs 2 approval(s) and has 1",
    )  # fmt: skip
    [operation] = told["operations"]
    assert (operation["key"], operation["base"], operation["moved_to"]) == (
        "ltv_90", None, None,
    )  # fmt: skip
    assert told["touches"] == [{"kind": "kpi", "key": "ltv_90"}]


def test_an_operation_says_what_moved_under_it(domain, reader):
    requests.applied(requests.kpi(domain), domain=domain)
    draft = requests.draft(
        requests.kpi(domain, min_n=7), by=make.domain_steward(domain)
    )
    requests.applied(requests.kpi(domain, min_n=9), domain=domain)

    [operation] = reader.get(at(draft)).json()["operations"]

    assert (operation["base"], operation["moved_to"]) == (1, 2)


@pytest.mark.parametrize("number", [0, 99999, 2**63, 10**30])
def test_a_request_there_is_not_is_not_there(reader, number):
    assert said(reader.get(f"/api/v1/changes/{number}")) == (
        404, f"There is no request {number}.",
    )  # fmt: skip


def test_a_proposal_is_a_draft_in_the_name_of_whoever_is_acted_for(asking, steward):
    answer = post(
        asking, LIST, proposal(field(), effective_at="2999-03-31T14:00:00+02:00")
    )

    made = ChangeRequest.objects.get()
    told = answer.json()
    assert (answer.status_code, answer["Location"]) == (201, f"{LIST}/{made.pk}")
    assert (told["id"], told["state"], told["requested_by"], told["effective_at"]) == (
        made.pk, "draft", steward.username, "2999-03-31T12:00:00Z",
    )  # fmt: skip
    assert [each.user for each in made.contributors.all()] == [steward]
    assert told["operations"][0]["body"]["sensitivity"] == "none"


def test_a_draft_goes_to_review_and_is_approved_by_a_person(asking, domain):
    made = post(asking, LIST, proposal(field())).json()["id"]
    owner = make.owner(domain)

    put = post(asking, f"{LIST}/{made}/submission", {}).json()
    approved = changes.approve(request_id=made, digest=put["digest"], by=owner, at=AT)

    assert (put["state"], put["cycle"], put["risk"]) == ("in_review", 1, "medium")
    assert approved.state == "approved"


def test_a_revision_makes_it_a_draft_again_and_voids_what_was_decided(
    asking, steward, domain, reader
):
    request = requests.in_review(requests.kpi(domain), by=steward)
    changes.approve(
        request_id=request.pk, digest=requests.digest(request), by=make.owner(domain),
        at=AT,
    )  # fmt: skip

    answer = post(asking, at(request, "revisions"), {"operations": [field()]})

    told = answer.json()
    assert (answer.status_code, told["state"], told["revision"]) == (201, "draft", 2)
    assert [each["counts"] for each in told["decisions"]] == [False]


def test_somebody_who_may_only_suggest_leaves_a_draft(domain):
    viewer = program(make.user())
    made = post(viewer, LIST, proposal(field())).json()["id"]

    answer = post(viewer, f"{LIST}/{made}/submission", {})

    assert said(answer) == (
        403,
        "You may suggest this. A steward or a data owner reads it and puts it to review.",
    )


def test_what_was_put_to_review_is_put_there_once(asking):
    made = post(asking, LIST, proposal(field())).json()["id"]
    post(asking, f"{LIST}/{made}/submission", {})

    answer = post(asking, f"{LIST}/{made}/submission", {})

    assert said(answer) == (
        409,
        f"Request {made} is in review; this is done while it is draft or changes "
        f"requested.",
    )


def test_what_was_written_against_an_older_version_is_a_conflict(asking, domain):
    requests.applied(requests.field(domain), domain=domain)
    requests.applied(requests.field(domain, meaning="Anew."), domain=domain)

    answer = post(asking, LIST, proposal(field(base=1)))

    assert said(answer) == (
        409,
        "field customer.email was written against version 1, and version 2 holds now. "
        "Look at what changed and propose again.",
    )


def test_every_operation_that_is_unsound_is_named_with_what_is_wrong(asking):
    answer = post(
        asking,
        LIST,
        proposal(
            field(),
            field("customer.phone", body={"name": "Phone", "type": "colour"}),
            field("customer.zip", state="gone"),
        ),
    )

    assert answer.status_code == 422
    assert wrong(answer) == [
        (
            "operations[1]",
            "field customer.phone: meaning is missing: What it says, in a sentence or "
            "two.",
        ),
        (
            "operations[1]",
            "field customer.phone: type is 'colour'; it is one of text, id, number, "
            "money, moment, day, yes or no.",
        ),
        (
            "operations[2]",
            "field customer.zip: its state is 'gone'; it is one of active, deprecated, "
            "retired.",
        ),
    ]
    assert not ChangeRequest.objects.exists()


def test_a_domain_there_is_not_is_named_with_its_operation(asking):
    answer = post(asking, LIST, proposal(field(), field("a.b", domain="nowhere")))

    assert (answer.status_code, wrong(answer)) == (
        422, [("operations[1]", "Field a.b: there is no domain 'nowhere'.")],
    )  # fmt: skip


def test_a_preview_is_asked_for_once_until_it_is_measured(asking, domain):
    request = requests.draft(requests.kpi(domain), by=make.owner(domain))

    first = post(asking, at(request, "preview"), {})
    second = post(asking, at(request, "preview"), {})

    assert (first.status_code, first.json()["state"]) == (202, "asked")
    assert second.json() == first.json()
    assert Preview.objects.count() == 1


def test_a_preview_is_read_without_its_sample_rows(reader, domain):
    moved = {"what": "Revenue", "where": "till", "before": "10.00", "after": "9.50",
             "share": "-0.050000", "n_before": 3, "n_after": 3, "is_total": True}  # fmt: skip
    request = requests.draft(requests.kpi(domain), by=make.owner(domain))
    revision = changes.current_revision(request)
    Preview.objects.create(
        revision=revision, state="measured", asked_by=request.requested_by, asked_at=AT,
        measured_at=AT, seconds=1.26,
        stands_on=effects.stands_on(list(revision.operations.all())),
        answer={"moved": [moved], "moved_in_all": 1, "looked_at": 9, "largest": "0.05",
                "data": "build 4", "sentences": ["One day is another."],
                "samples": [{"row": "ada@example.com"}], "refused_in_all": 2},
    )  # fmt: skip

    answer = reader.get(at(request, "preview"))

    assert answer.json() == {
        "state": "measured", "message": "", "revision": 1,
        "asked_by": request.requested_by.username, "asked_at": "2026-03-02T09:00:00Z",
        "measured_at": "2026-03-02T09:00:00Z", "seconds": "1.3", "is_stale": False,
        "answer": {"moved": [moved], "moved_in_all": 1, "looked_at": 9,
                   "largest": "0.05", "on_data": "build 4",
                   "sentences": ["One day is another."], "refused_in_all": 2,
                   "taken_in_all": 0},
    }  # fmt: skip
    assert "ada@example.com" not in reader.get(at(request)).text


def test_what_moves_no_number_is_not_measured(asking, domain, reader):
    request = requests.draft(requests.field(domain), by=make.owner(domain))

    assert said(post(asking, at(request, "preview"), {})) == (
        409, "No number depends on what this changes.",
    )  # fmt: skip
    assert said(reader.get(at(request, "preview"))) == (
        404, "Nobody has asked yet what this would do to the numbers.",
    )  # fmt: skip


def test_a_program_says_something_of_anybodys_request(asking, steward, domain):
    request = requests.in_review(requests.kpi(domain), by=make.owner(domain))

    answer = post(asking, at(request, "comments"), {"text": " Seen in the build. "})

    assert (answer.status_code, answer.json()["text"]) == (201, "Seen in the build.")
    assert request.comments.get().by == steward


@pytest.mark.parametrize(
    ("body", "found"),
    [({}, ("text", "It is missing.")), ({"text": " "}, ("text", "It is empty."))],
)
def test_nothing_is_not_said(asking, domain, body, found):
    request = requests.draft(requests.kpi(domain), by=make.owner(domain))

    answer = post(asking, at(request, "comments"), body)

    assert (answer.status_code, wrong(answer)) == (400, [found])
