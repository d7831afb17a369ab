"""What programs send that is not what is asked for, and too much of it."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from governance.models import ChangeRequest
from tests import make
from tests.governance.programs import LIST, post, program, proposal, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(domain):
    return program(make.user(), "read")


@pytest.fixture
def asking(steward):
    return program(steward)


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


WRONG = (
        ({}, [("title", "It is missing."), ("reason", "It is missing."),
              ("operations", "It is missing.")]),
        ([], [("body", "It is no table of names and values.")]),
        ('"text"', [("body", "It is no table of names and values.")]),
        (proposal(field(), title=7), [("title", "It is no text.")]),
        (proposal(field(), title=None),
         [("title", "It is null. Say it, or leave it out.")]),
        (proposal(field(), title="a\0b"),
         [("title", "It holds a character that cannot be written down.")]),
        (proposal(field(), reason=" "), [("reason", "It is empty.")]),
        (proposal(operations={}), [("operations", "It is no list of definitions.")]),
        (proposal("x"),
         [("operations[0]", "It is no table of names and values.")]),
        (proposal(field(), {"kind": 1, "body": []}),
         [("operations[1].kind", "It is no text."),
          ("operations[1].key", "It is missing."),
          ("operations[1].domain", "It is missing."),
          ("operations[1].body", "It is no table of names and values.")]),
        (proposal(field(base=True)),
         [("operations[0].base", "It is no whole number from 0 on.")]),
        (proposal(field(base="1")),
         [("operations[0].base", "It is no whole number from 0 on.")]),
        (proposal(field(), effective_at="2999-03-31T14:00:00"),
         [("effective_at", "It is no moment with an offset, such as "
           "2026-03-31T14:00:00+02:00.")]),
        (proposal(field(), effective_at="9999-12-31T23:59:59-14:00"),
         [("effective_at", "It is no moment with an offset, such as "
           "2026-03-31T14:00:00+02:00.")]),
        (proposal(field(), effective_at=1),
         [("effective_at", "It is no moment with an offset, such as "
           "2026-03-31T14:00:00+02:00.")]),
        (proposal(field(), effective_at="2020-03-31T14:00:00Z"),
         [("effective_at", "This moment has passed, and nobody writes the past. Leave "
           "it out, or choose a later one.")]),
)  # fmt: skip


def test_a_body_of_another_form_is_refused_by_its_parts(asking, settings):
    settings.API_A_MINUTE = {"reads": 1, "writes": len(WRONG)}

    for body, found in WRONG:
        answer = post(asking, LIST, body)

        assert (answer.status_code, wrong(answer)) == (400, found)
        assert answer.json()["error"] == " ".join(
            f"{part}: {why}" for part, why in found
        )


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"{", "It is not JSON: expecting property name enclosed in double quotes in "
         "line 1, column 2."),
        (b'{"title": NaN}', "It is not JSON in UTF-8, is nested too deep, or a number "
         "in it is too long or none."),
        (b"[" * 100_000, "It is not JSON in UTF-8, is nested too deep, or a number in "
         "it is too long or none."),
        (b'{"title": ' + b"9" * 5_000 + b"}", "It is not JSON in UTF-8, is nested too "
         "deep, or a number in it is too long or none."),
        (b"\xff\xfe", "It is not JSON in UTF-8, is nested too deep, or a number in it "
         "is too long or none."),

    ],
    ids=["cut", "nan", "deep", "long", "bytes"],
)  # fmt: skip
def test_what_is_not_json_is_refused(asking, body, sentence):
    answer = asking.generic("POST", LIST, body, content_type="application/json")

    assert (answer.status_code, wrong(answer)) == (400, [("body", sentence)])


def test_a_body_nobody_meant_is_not_read_to_its_end(asking):
    answer = asking.generic(
        "POST", LIST, b'"' + b"x" * 1_000_000 + b'"', content_type="application/json"
    )

    assert (answer.status_code, wrong(answer)) == (
        413, [("body", "It is longer than 1,000,000 bytes. Send less.")],
    )  # fmt: skip


def test_only_json_is_taken_and_only_json_is_given(asking):
    form = asking.post(LIST, {"title": "A form"})
    page = asking.get(LIST, headers={"accept": "text/html"})

    assert said(form) == (415, "Send it as application/json.")
    assert said(page) == (406, "This is answered as application/json alone.")


def test_an_infinite_number_is_refused_in_words(asking):
    body = json.dumps(proposal(field(body={"name": "x"}))).replace('"x"', "1e999")

    answer = asking.generic("POST", LIST, body, content_type="application/json")

    assert wrong(answer) == [
        (
            "operations[0]",
            "field customer.email: it holds a character or a number that cannot be "
            "written down.",
        )
    ]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["kind", "key", "body", "base", "x"]), inner),
    max_leaves=8,
)  # fmt: skip


@settings(
    max_examples=15, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(
    otherwise=st.dictionaries(
        st.sampled_from(["title", "reason", "operations", "effective_at"]), ANYTHING
    ),
    part=st.sampled_from(["kind", "key", "domain", "body", "state", "successor"]),
    value=ANYTHING,
)
def test_whatever_is_sent_is_answered_with_what_is_wrong(
    asking, otherwise, part, value
):
    answer = post(asking, LIST, proposal(field(**{part: value}), **otherwise))

    assert answer.status_code in {201, 400, 409, 422}
    assert answer.status_code == 201 or set(answer.json()) == {"error", "parts"}


def test_what_was_done_in_vain_leaves_nothing_behind(asking):
    before = ChangeRequest.objects.count()

    post(asking, LIST, proposal(field(), field()))

    assert ChangeRequest.objects.count() == before


def test_a_token_asks_as_often_as_is_allowed_and_then_waits(steward, domain, settings):
    settings.API_A_MINUTE = {"reads": 2, "writes": 1}
    one, other = program(steward), program(steward)

    reads = [one.get(LIST) for _ in range(3)]
    writes = [post(one, LIST, {}) for _ in range(2)]

    assert [each.status_code for each in reads] == [200, 200, 429]
    assert [each.status_code for each in writes] == [400, 429]
    assert other.get(LIST).status_code == 200
    assert reads[2].json() == {
        "error": f"That is more than is answered within a minute. Ask again in "
        f"{reads[2]['Retry-After']} seconds.",
        "parts": [],
    }
    assert 1 <= int(reads[2]["Retry-After"]) <= 61


def test_no_error_page_and_no_line_of_the_log_has_the_token_in_it(
    settings, monkeypatch, caplog
):
    settings.DEBUG = True
    monkeypatch.setattr("governance.api.state.trust", lambda: 1 / 0)
    auditor = make.user(role="auditor")
    client = program(auditor, "read")
    secret = client.defaults["HTTP_AUTHORIZATION"].partition(" ")[2]
    client.raise_request_exception = False

    broken = client.get("/api/v1/log")
    monkeypatch.setattr("governance.tokens.note_use", lambda _token, at: 1 / 0)
    broken_at_the_door = client.get("/api/v1/log")

    assert (broken.status_code, broken_at_the_door.status_code) == (500, 500)
    assert "ZeroDivisionError" in broken.text
    for said_somewhere in (broken.text, broken_at_the_door.text, caplog.text):
        assert secret.removeprefix("plumbline_") not in said_somewhere


def test_an_address_tells_its_head_and_nothing_of_what_else_it_could_do(asking):
    asked = [getattr(asking, method)(LIST) for method in ("head", "options", "trace")]

    assert [each.status_code for each in asked] == [200, 405, 405]
    assert asked[0].content == b""
