"""What is wrong with a proposal about who is who is said where it is written."""

import pytest

from governance.changes import Proposed, Unsound
from governance.models import Kind
from governance.starter import pack
from identity import agreeing, weights
from tests import make
from tests.governance import requests
from tests.identity.test_policy import identifier, rule
from tests.make import moment

pytestmark = pytest.mark.django_db


def said_of(domain, *wanted) -> list[str]:
    """Return what is wrong with the proposals, as whoever writes them is told."""
    with pytest.raises(Unsound) as refused:
        requests.draft(*wanted, by=make.domain_steward(domain))
    return list(refused.value.problems)


def test_what_an_installation_begins_with_is_sound():
    begun = [each for each in pack.definitions() if each.kind in OF_IDENTITY]

    assert list(agreeing.problems(begun)) == []


OF_IDENTITY = {Kind.IDENTITY, Kind.IDENTIFIER}


@pytest.mark.parametrize(
    ("key", "parts", "sentence"),
    [
        (
            "phone",
            {"trust": "joins"},
            "nothing is known to look for beside it, so it cannot join; cross_id and "
            "email can.",
        ),
        (
            "email",
            {"merges_with": ["shoe_size"]},
            "there is no pattern 'email+shoe_size'; there are cross_id+a_name, "
            "email+first_name, email+phone_and_name.",
        ),
        (
            "device",
            {"consent": "dancing"},
            "there is no consent purpose 'dancing'. Agree on it first.",
        ),
        (
            "email",
            {"blocked_patterns": ["**"]},
            "the pattern '**' blocks every value there is.",
        ),
    ],
)
def test_an_identifier_that_could_not_do_what_it_says(domain, key, parts, sentence):
    assert said_of(domain, identifier(domain, key, **parts)) == [
        f"identifier {key}: {sentence}"
    ]


@pytest.mark.parametrize(
    ("key", "parameters", "sentence"),
    [
        (
            "size",
            {"most_record": 9},
            "nobody reads 'most_record'; it has most_records.",
        ),
        (
            "thresholds",
            {"auto_precision": 99},
            "auto_precision is 99; a share lies between 0 and 1.",
        ),
        (
            "thresholds",
            {"auto_precision": "high"},
            "auto_precision is 'high'; expected is a number.",
        ),
        (
            "thresholds",
            {"ask_above": 0.99},
            "what is asked from 0.99 on is joined from 0.99 on: nothing is asked.",
        ),
        (
            "thresholds",
            {"auto_precision": 1},
            "auto_precision is 1; no number of audits shows so much.",
        ),
        (
            "asking",
            {"audit_share": 2},
            "audit_share is 2; a share lies between 0 and 1.",
        ),
        (
            "asking",
            {"audits_per_band": -1},
            "audits_per_band is -1; it is at least 0.",
        ),
        ("asking", {"batch_limit": 0}, "batch_limit is 0; it is at least 1."),
        (
            "names",
            {"mostly_short": ["Nóra"]},
            "mostly_short: 'Nóra' is no name as names are compared. Write one word in "
            "small plain letters.",
        ),
        (
            "names",
            {"short_for": {"kasia": "katarzyna"}},
            "short_for: 'kasia' is short for 'katarzyna'; expected is a list of names.",
        ),
        (
            "names",
            {"short_for": {"kasia": ["kasia"]}},
            "short_for: 'kasia' is not short for itself.",
        ),
        ("breaker", {"changed_anyway": -1}, "changed_anyway is -1; it is at least 0."),
        (
            "joining",
            {"merges_unscored": ["phone+a_name"]},
            "there is no pattern 'phone+a_name'; there are cross_id+a_name, "
            "email+first_name, email+phone_and_name.",
        ),
        (
            "joining",
            {"cross_id_kind": 7},
            "cross_id_kind is 7; expected is what 'shop_customer_id' is.",
        ),
        (
            "scoring",
            {"model": "f00"},
            "no model 'f00' is kept here. Name the digest of one that is.",
        ),
    ],
)
def test_a_rule_no_step_could_follow(domain, key, parameters, sentence):
    assert said_of(domain, rule(domain, key, **parameters)) == [
        f"identity {key}: {sentence}"
    ]


def test_a_model_that_is_kept_may_score(domain):
    model = weights.keep(
        {"prior": -7}, answers=0, measured={}, by=None, at=moment("2026-03-02")
    )

    requests.applied(rule(domain, "scoring", model=model.digest), domain=domain)


def test_a_rule_that_is_for_people_says_what_it_likes(domain):
    body = {"name": "House rules", "meaning": "Be kind.", "parameters": {"kind": True}}

    requests.applied(Proposed("identity", "house", domain.key, body), domain=domain)


def test_what_is_given_up_need_not_be_sound(domain):
    requests.applied(identifier(domain, "phone"), domain=domain)

    requests.applied(
        identifier(domain, "phone", trust="joins", state="retired"), domain=domain
    )


def test_a_consent_may_be_agreed_on_with_what_needs_it(domain):
    purpose = Proposed(
        "consent", "dancing", domain.key, {"name": "Dancing", "meaning": "A dance."}
    )

    request = requests.draft(
        purpose,
        identifier(domain, "device", consent="dancing"),
        by=make.domain_steward(domain),
    )

    assert request.state == "draft"
