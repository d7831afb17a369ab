"""Ways to decide, or to act as somebody else, with a token: each of them refused."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from governance import changes, tokens
from governance.models import (
    ApiToken,
    ChangeRequest,
    User,
)
from tests import make
from tests.governance import requests
from tests.governance.programs import (
    LIST,
    at,
    post,
    program,
    proposal,
    said,
    sending,
    token,
)
from tests.governance.requests import AT, KPI, digest

pytestmark = pytest.mark.django_db
NOWHERE = "There is no such address here. The first one, /api/v1/, names them all."


@pytest.fixture
def asker(domain):
    return make.owner(domain)


@pytest.fixture
def owner(domain):
    """Somebody who may approve what the asker asks for."""
    return make.owner(domain)


@pytest.fixture
def request_(domain, asker):
    return requests.in_review(requests.kpi(domain), by=asker)


def undecided(request: ChangeRequest) -> bool:
    request.refresh_from_db()
    return request.state == "in_review" and not request.decisions.exists()


# Through the addresses.


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
def test_there_is_no_address_that_decides(request_, owner, method):
    ask = getattr(program(owner), method)
    verbs = ["approve", "reject", "request-changes", "apply", "break-glass", "override",
             "decisions", "approve/", "revert", "withdraw"]  # fmt: skip

    answers = {verb: said(ask(at(request_, verb))) for verb in verbs}

    assert answers == dict.fromkeys(verbs, (404, NOWHERE))
    assert undecided(request_)


@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-Method-Override"])
def test_a_method_is_not_another_one_for_a_header(request_, owner, header):
    client, change = program(owner), {"state": "approved"}
    methods = ["PUT", "PATCH", "DELETE", "APPROVE"]

    answers = [post(client, at(request_), change, **{header: each}) for each in methods]

    sentence = "Here one can GET and HEAD, and nothing else."
    assert [said(answer) for answer in answers] == [(405, sentence)] * 4
    assert undecided(request_)


def test_a_method_is_not_another_one_for_a_part_of_the_body(request_, owner):
    answer = program(owner).post(
        at(request_), {"_method": "PATCH", "state": "approved"}
    )

    assert (answer.status_code, undecided(request_)) == (405, True)


def test_a_token_opens_no_page(request_, owner):
    client, yes = program(owner), {"words": "Yes.", "sure": "yes"}
    verbs = ["approve", "reject", "apply", "break-glass"]

    answers = [
        client.post(
            f"/changes/{request_.pk}/{verb}/", {**yes, "digest": digest(request_)}
        )
        for verb in verbs
    ] + [client.get("/changes/"), client.get("/admin/")]

    assert {answer.status_code for answer in answers} == {302}
    assert {answer.url.partition("?")[0] for answer in answers} == {
        "/sign-in/", "/admin/login/",
    }  # fmt: skip
    assert undecided(request_)


def test_a_session_and_a_token_at_once_are_nobody(request_, owner, asker):
    client = program(asker)
    client.force_login(owner)

    answers = [client.get(LIST), post(client, at(request_, "comments"), {"text": "Hi"})]

    sentence = (
        "This came with a token and with a session. Send one of them, so that it is "
        "known who asks."
    )
    assert [said(answer) for answer in answers] == [(401, sentence)] * 2


@pytest.mark.parametrize("is_sent_rightly_too", [True, False])
def test_a_token_in_an_address_is_refused(owner, is_sent_rightly_too):
    secret = token(owner)
    client = sending(secret) if is_sent_rightly_too else Client()
    names = ["token", "access_token", "search", "x"]

    answers = [client.get("/api/v1/definitions", {name: secret}) for name in names]

    sentence = (
        "There is a token in the address, where every log on its way has kept it. Revoke "
        "it, and send the next one in the header Authorization alone."
    )
    assert [said(answer) for answer in answers] == [(401, sentence)] * 4


def test_a_token_in_a_body_or_a_cookie_says_nothing_of_who_asks(owner):
    secret, client = token(owner), Client()
    client.cookies["Authorization"] = client.cookies["sessionid"] = secret

    answers = [client.get(LIST), post(client, LIST, {"token": secret})]

    assert [answer.status_code for answer in answers] == [401, 401]


def test_a_token_is_sent_as_it_is_asked_for(owner):
    secret = token(owner)

    answers = [
        sending(secret, scheme).get(LIST)
        for scheme in ("Basic", "Token", "Digest", "", "Bearer Bearer")
    ]

    sentence = "Write the header as Authorization: Bearer plumbline_…"
    assert [said(answer) for answer in answers] == [
        *[(401, sentence)] * 4,
        (401, "Nobody has this token. Make one on the page of your tokens."),
    ]
    assert {answer["WWW-Authenticate"] for answer in answers} == {
        'Bearer realm="Plumbline"'
    }


def test_a_revoked_token_acts_no_more(owner):
    client = program(owner)
    client.get(LIST)
    at = timezone.now()

    tokens.revoke(token_id=ApiToken.objects.get().pk, by=owner, at=at)

    assert said(client.get(LIST)) == (
        401, f"This token was revoked at {at.isoformat()}.",
    )  # fmt: skip


def test_a_token_that_ran_out_acts_no_more(owner):
    ran_out = timezone.now() - timedelta(seconds=1)
    secret = token(owner, at=ran_out - timedelta(days=7), lives=timedelta(days=7))

    assert said(sending(secret).get(LIST)) == (
        401,
        f"This token ran out at {ran_out.isoformat()}. Make another one on the page of "
        f"your tokens.",
    )


def test_a_token_of_somebody_who_left_acts_no_more(owner):
    client = program(owner)
    User.objects.filter(pk=owner.pk).update(is_active=False)

    assert said(client.get(LIST)) == (401, "Whoever this token acts for has left.")


def test_a_token_may_no_more_than_its_user_may_by_now(owner, request_):
    client = program(owner)
    make.seated(owner)

    answers = [
        client.get(LIST),
        post(client, LIST, proposal()),
        post(client, at(request_, "comments"), {"text": "Hi"}),
    ]

    sentence = "This is not for you to read."
    assert [said(answer) for answer in answers] == [(403, sentence)] * 3


def test_who_may_only_read_by_now_proposes_no_more(owner):
    client = program(owner)
    make.seated(owner, "auditor")

    assert client.get(LIST).status_code == 200
    assert said(post(client, LIST, proposal())) == (
        403, "You read what is agreed here, and ask for no changes.",
    )  # fmt: skip


def test_a_token_that_reads_asks_for_nothing(owner):
    client = program(owner, "read")
    addresses = ["", "/1/revisions", "/1/submission", "/1/preview", "/1/comments"]

    answers = [post(client, LIST + address, {}) for address in addresses]

    sentence = "This token reads. To ask for changes make one that proposes."
    assert [said(answer) for answer in answers] == [(403, sentence)] * 5


@pytest.mark.parametrize(
    ("what", "body"),
    [
        (
            "revisions",
            {"operations": [{"kind": "kpi", "key": "x", "domain": "customer"}]},
        ),
        ("submission", {}),
    ],
)
def test_anothers_draft_is_neither_edited_nor_put_to_review(
    domain, asker, owner, what, body
):
    draft = requests.draft(requests.kpi(domain), by=asker)

    answer = post(program(owner), at(draft, what), body)

    draft.refresh_from_db()
    assert said(answer) == (
        403,
        f"{asker.username} asked for this. A program edits and submits only what it "
        f"asked for in the name of whoever it acts for.",
    )
    assert (draft.state, draft.revision) == ("draft", 1)
    assert not draft.contributors.filter(user=owner).exists()


def test_a_proposal_says_nothing_of_its_own_fate(owner, domain):
    operation = {"kind": "kpi", "key": "ltv_90", "domain": domain.key, "body": KPI}
    client = program(owner)
    fates = {
        "state": "approved", "risk": "low", "requested_by": "admin", "by": 1,
        "requested_by_id": 1, "cycle": 5, "is_bootstrap": True, "reverts": 1,
        "review_due_at": None, "at": "2020-01-01",
    }  # fmt: skip

    answers = {
        part: post(client, LIST, proposal(operation, **{part: value})).json()["parts"]
        for part, value in fates.items()
    }

    sentence = (
        "There is no such part; there are title, reason, operations, effective_at."
    )
    assert answers == {part: [{"part": part, "error": sentence}] for part in fates}
    assert not ChangeRequest.objects.exists()


def test_an_operation_says_nothing_of_its_own_digest(owner, domain):
    operation = {"kind": "kpi", "key": "ltv_90", "domain": domain.key}
    more = {"digest": "0" * 64, "base_id": 1, "revision": 1, "operation_id": 1}

    answer = post(program(owner), LIST, proposal({**operation, **more}))

    found = {each["part"] for each in answer.json()["parts"]}
    assert (answer.status_code, found) == (
        400, {f"operations[0].{part}" for part in more},
    )  # fmt: skip


def test_who_asked_by_a_program_does_not_approve_on_the_page(owner, domain):
    operation = {"kind": "kpi", "key": "ltv_90", "domain": domain.key, "body": KPI}
    client = program(owner)
    made = ChangeRequest.objects.get(
        pk=post(client, LIST, proposal(operation)).json()["id"]
    )
    post(client, at(made, "submission"), {})

    with pytest.raises(changes.NotYours):
        changes.approve(request_id=made.pk, digest=digest(made), by=owner, at=AT)


def test_a_page_of_elsewhere_writes_nothing_by_ones_session(owner, request_):
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)

    answer = post(client, at(request_, "comments"), {"text": "Forged."})

    assert said(answer) == (
        403,
        "A page that writes sends its CSRF token in the header X-CSRFToken. A program "
        "sends a token of its own instead.",
    )
    assert not request_.comments.exists()


def test_a_session_reads_and_with_the_proof_of_a_page_writes(owner, request_):
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)
    client.get("/tokens/")
    proof = client.cookies["csrftoken"].value

    answer = post(
        client, at(request_, "comments"), {"text": "Mine."}, **{"X-CSRFToken": proof}
    )

    assert client.get(LIST).status_code == 200
    assert (answer.status_code, request_.comments.get().by) == (201, owner)


def test_a_token_makes_no_token(owner):
    client = program(owner)

    answer = client.post("/tokens/", {"name": "x", "scope": "propose", "days": "365"})

    assert (answer.status_code, ApiToken.objects.count()) == (302, 1)


def test_nobody_is_answered_without_a_token_and_nobody_is_sent_to_the_door(client):
    addresses = ["", "definitions", "definitions/kpi/x", "changes", "changes/1",
                 "changes/1/preview", "log", "anything/else"]  # fmt: skip

    answers = [client.get(f"/api/v1/{each}") for each in addresses]

    assert {(a.status_code, a["Content-Type"]) for a in answers} == {
        (401, "application/json")
    }
    assert {a["WWW-Authenticate"] for a in answers} == {'Bearer realm="Plumbline"'}
