"""Definitions are found by their words, their kind, their domain and their state."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance import dictionary
from governance.changes import Proposed
from governance.dictionary import Asked
from governance.models import User, Version
from tests import make
from tests.governance import requests

pytestmark = pytest.mark.django_db


@pytest.fixture
def filled(domain):
    """Five definitions of four kinds."""
    User.objects.create(username="somebody")
    requests.applied(
        requests.field(domain, synonyms=["mail address", "inbox"]),
        requests.field(
            domain, "order.placed_at", name="Ordered at", type="moment",
            meaning="The moment the customer pressed the button.",
        ),
        requests.kpi(domain),
        channel(domain, "paid_search", "Paid search", 1),
        Proposed("permission", "somebody", domain.key, {"roles": ["admin"]}),
        domain=domain,
    )  # fmt: skip
    return domain


def channel(domain, key: str, name: str, position: int, **said) -> Proposed:
    return Proposed(
        "channel", key, domain.key, {"name": name, "position": position}, **said
    )


def found(words: str = "", **asked) -> list[str]:
    reader = make.user()
    sought = dictionary.search(
        Asked(words=words, **asked), kinds=dictionary.kinds_for(reader)
    )
    return [version.key for version in sought]


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        ("customer.email", ["customer.email"]),
        ("email", ["customer.email"]),
        ("E-Mail", ["customer.email"]),
        ("inbox", ["customer.email"]),
        ("mail addr", ["customer.email"]),
        ("lifeti", ["ltv_90"]),
        ("ltv 90", ["ltv_90"]),
        ("pressing buttons", ["order.placed_at"]),
        ("of a person", ["ltv_90"]),
        ("customer", ["customer.email", "order.placed_at"]),
        ("customer nothing-like-it", []),
    ],
)
def test_a_definition_is_found_by_any_of_its_words(filled, words, keys):
    assert found(words) == keys


def test_what_is_named_so_comes_before_what_mentions_it(filled):
    requests.applied(
        requests.field(
            filled, "a.first", name="A", meaning="Not the lifetime value, 90 of it."
        ),
        domain=filled,
    )

    assert found("lifetime value 90") == ["ltv_90", "a.first"]


def test_without_words_fields_come_first_and_each_kind_by_its_key(filled):
    assert found() == ["customer.email", "order.placed_at", "paid_search", "ltv_90"]


def test_the_other_words_leave_out(filled):
    other = make.domain("orders")
    given_up = Proposed(
        "field", "order.id", other.key, {**requests.FIELD, "name": "Order"},
        state="deprecated",
    )  # fmt: skip
    requests.applied(given_up, domain=other)

    assert found(kind="kpi") == ["ltv_90"]
    assert found(domain="orders") == ["order.id"]
    assert found(state="deprecated") == ["order.id"]
    assert found("order", state="active", kind="field") == ["order.placed_at"]


def test_who_has_which_role_is_found_by_those_alone_who_may_see_users(filled):
    seen = {
        role: Version.objects.filter(
            kind__in=dictionary.kinds_for(make.user(role=role)), key="somebody"
        ).exists()
        for role in ("viewer", "steward", "auditor", "admin")
    }

    assert found("somebody", kind="permission") == []
    assert seen == {"viewer": False, "steward": False, "auditor": True, "admin": True}


def test_each_kind_is_counted_whatever_kind_is_in_view(filled):
    kinds = dictionary.kinds_for(make.user())

    assert dictionary.counts(Asked(), kinds=kinds) == {
        "field": 2, "channel": 1, "kpi": 1,
    }  # fmt: skip
    assert dictionary.counts(Asked(words="customer", kind="kpi"), kinds=kinds) == {
        "field": 2
    }


@pytest.mark.parametrize("mistyped", ["custmer emial", "lifetme valeu", "payd serch"])
def test_a_mistyped_name_finds_what_is_called_almost_so(filled, mistyped):
    near = dictionary.close_to(
        Asked(words=mistyped), kinds=dictionary.kinds_for(make.user())
    )

    wanted = {"c": "customer.email", "l": "ltv_90", "p": "paid_search"}[mistyped[0]]
    assert near[0].key == wanted


def test_what_is_like_nothing_finds_nothing_even_almost(filled):
    kinds = dictionary.kinds_for(make.user())

    assert dictionary.close_to(Asked(words="xyzzyq"), kinds=kinds) == []
    assert dictionary.close_to(Asked(words="!?"), kinds=kinds) == []


@settings(max_examples=60, deadline=None)
@given(words=st.text(max_size=200))
def test_whatever_is_typed_is_no_mistake_of_ours(django_db_setup, words):
    kinds = ("field",)

    asked = Asked(words=words.replace("\0", ""))

    assert list(dictionary.search(asked, kinds=kinds)) == []
    assert dictionary.close_to(asked, kinds=kinds) == []
