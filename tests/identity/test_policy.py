"""What was agreed on of identity, as the steps read it."""

from dataclasses import fields

import pytest
from django.utils import timezone

from governance.changes import Proposed
from governance.models import Kind, Operation
from governance.starter import pack
from identity import policy
from identity.matching.rules import Rules
from identity.policy import Identifier
from tests.governance import requests

pytestmark = pytest.mark.django_db


def begun(kind, key):
    """Return the body a new installation begins with."""
    [found] = [one for one in pack.definitions() if (one.kind, one.key) == (kind, key)]
    return found.body


def rule(domain, key, **parameters):
    body = begun("identity", key)
    said = {**body["parameters"], **parameters}
    return Proposed("identity", key, domain.key, {**body, "parameters": said})


def identifier(domain, key, *, state="active", **parts):
    body = {**begun("identifier", key), **parts}
    return Proposed("identifier", key, domain.key, body, state=state)


def agree(domain, *operations):
    requests.applied(*operations, domain=domain)


def test_what_nobody_has_agreed_on_stands_as_an_installation_begins_with_it():
    found = policy.now()

    assert found == policy.beginning()
    assert found.versions == {}


def test_what_was_agreed_on_is_what_the_steps_read(domain):
    agree(domain, rule(domain, "thresholds", ask_above=0.4))

    found = policy.now()

    assert found.thresholds == policy.Thresholds(auto_precision=0.99, ask_above=0.4)
    assert found.versions == {"identity thresholds": 1}


def test_an_older_version_that_lacks_a_parameter_leaves_it_as_begun(domain):
    body = {**begun("identity", "breaker"), "parameters": {"most_changed": 0.01}}
    agree(domain, Proposed("identity", "breaker", domain.key, body))

    assert policy.now().breaker == policy.Breaker(
        most_changed=0.01, changed_anyway=50, most_records=200
    )


def test_an_identifier_that_was_given_up_does_nothing(domain):
    agree(domain, identifier(domain, "mailbox"))
    agree(domain, identifier(domain, "mailbox", state="retired"))

    found = policy.now()

    assert "mailbox" not in found.identifiers
    assert found.of("mailbox") == Identifier("mailbox", trust="nothing")
    assert found.versions == {"identifier mailbox": 2}


def test_an_identifier_nobody_began_with_is_read_like_the_others(domain):
    body = {
        "name": "Passport", "meaning": "A passport's number.", "trust": "asks",
        "priority": 5, "is_unique": True, "most_people": 1,
    }  # fmt: skip
    agree(domain, Proposed("identifier", "passport", domain.key, body))

    found = policy.now()

    assert found.of("passport") == Identifier(
        "passport", "Passport", "asks", 5, most_people=1, is_unique=True
    )
    assert found.that("asks")[0] == "passport"


def test_an_earlier_moment_is_read_as_it_was(domain):
    agree(domain, identifier(domain, "email", most_people=12))
    then = timezone.now()
    agree(domain, identifier(domain, "email", most_people=4))

    assert policy.as_of(then).of("email").most_people == 12
    assert policy.now().of("email").most_people == 4


def test_a_proposal_is_read_as_if_it_were_in_force(domain):
    agree(domain, identifier(domain, "email", most_people=12))
    wanted = identifier(domain, "email", most_people=4)
    operation = Operation(kind=wanted.kind, key=wanted.key, body=wanted.body)

    found = policy.proposed([operation, Operation(kind=Kind.KPI, key="ltv", body={})])

    assert found.of("email").most_people == 4
    assert found.versions == {}
    assert policy.now().of("email").most_people == 12


@pytest.mark.parametrize(
    ("kind", "key", "parts", "who", "all_of_it"),
    [
        ("identifier", "email", {"most_people": 9}, True, True),
        ("identifier", "email", {"blocked_values": ["a@till.example"]}, True, True),
        ("identifier", "email", {"name": "Mail"}, False, False),
        ("identity", "names", {"alike": 0.8}, True, True),
        ("identity", "names", {"short_for": {"ola": ["aleksandra"]}}, True, True),
        ("identity", "scoring", {"model": "f00"}, True, True),
        ("identity", "asking", {"batch_limit": 20}, False, True),
        ("identity", "breaker", {"most_changed": 0.1}, False, True),
        ("identity", "questions", {"email_first_name_unclear": 0.9}, False, False),
    ],
)
def test_records_are_read_again_where_somebody_may_become_somebody_else(
    domain, kind, key, parts, who, all_of_it
):
    before = policy.beginning()
    wanted = (rule if kind == "identity" else identifier)(domain, key, **parts)

    after = policy.proposed([Operation(kind=kind, key=key, body=wanted.body)])

    assert (before.digest_of_people != after.digest_of_people) is who
    assert (before.digest != after.digest) is all_of_it


def test_agreeing_on_what_was_begun_with_reads_nothing_again(domain):
    agree(domain, identifier(domain, "email"), rule(domain, "joining"))

    assert policy.now() == policy.beginning()
    assert policy.now().digest == policy.beginning().digest


def test_a_pattern_joins_where_the_rule_and_the_identifier_both_say_so(domain):
    asked = policy.proposed(
        [Operation(**vars_of(identifier(domain, "email", trust="asks")))]
    )
    alone = policy.proposed(
        [Operation(**vars_of(rule(domain, "joining", merges_unscored=[])))]
    )

    patterns = ("cross_id+a_name", "email+first_name", "phone+first_name")
    joins = [[one.joins(each) for each in patterns] for one in (asked, alone)]
    assert joins == [[True, False, False], [False, False, False]]
    assert [policy.beginning().joins(each) for each in patterns] == [True, True, False]


def vars_of(wanted):
    return {
        "kind": wanted.kind,
        "key": wanted.key,
        "body": wanted.body,
        "state": wanted.state,
    }


def test_what_may_join_is_looked_at_before_what_asks():
    begun = policy.beginning()

    assert begun.that("joins") == ("cross_id", "email")
    assert begun.that("asks")[:2] == ("mailbox", "phone")
    assert begun.that("attaches") == ("device", "visitor")
    assert begun.purposes() == {"device": "analytics", "visitor": "analytics"}


@pytest.mark.parametrize(
    ("value", "is_blocked"),
    [
        ("test@home.example", True),
        ("TEST@home.example", True),
        ("tester+x@home.example", False),
        ("ada@none.com", True),
        ("ada@none.com.example", False),
        ("till@home.example", True),
        ("Till@Home.example", True),
        ("a.b", False),
        ("axb", False),
        ("a(b", True),
    ],
)
def test_a_value_is_blocked_by_itself_or_by_a_pattern(value, is_blocked):
    email = Identifier(
        "email",
        blocked_values=frozenset({"till@home.example"}),
        blocked_patterns=("test@*", "*@none.com", "a(b"),
    )

    assert email.blocks(value) is is_blocked


def test_every_part_of_an_identifier_is_read():
    from governance.kinds import KINDS

    parts = {part.name for part in KINDS[Kind.IDENTIFIER]} - {"meaning"}

    assert {each.name for each in fields(Identifier)} - {"key"} == parts


def test_the_engine_is_told_what_was_agreed_on(domain):
    agreed = policy.proposed(
        [
            Operation(**vars_of(identifier(domain, "loyalty", is_unique=True))),
            Operation(**vars_of(identifier(domain, "phone", trust="nothing"))),
            Operation(**vars_of(rule(domain, "size", most_records=30))),
            Operation(
                **vars_of(identifier(domain, "email", blocked_values=["a@b.example"]))
            ),
        ]
    )

    rules = Rules(**agreed.for_the_engine())

    assert (rules.merge_at, rules.ask_at, rules.largest_person) == (0.99, 0.2, 30)
    assert rules.unique == {"loyalty"}
    assert rules.blocked == {"email": {"a@b.example"}}
    assert "test@*" in rules.blocked_patterns["email"]
    assert rules.most_records == {
        "address": 12, "cross_id": 8, "device": 5, "email": 8, "loyalty": 8,
        "mailbox": 8, "name_and_birth": 4, "visitor": 5,
    }  # fmt: skip
