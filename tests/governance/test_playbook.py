"""The playbook is what the registries say: now, then, and otherwise than then."""

from datetime import timedelta

import pytest
from django.utils import timezone

from governance import facts, playbook
from governance.changes import Proposed
from governance.models import User
from governance.starter import pack
from tests import make
from tests.governance import requests

pytestmark = pytest.mark.django_db


@pytest.fixture
def domain():
    return make.domain("orders")


def agree(domain, *operations: Proposed) -> None:
    requests.applied(*operations, domain=domain)


def channel(domain, key: str = "email", **said) -> Proposed:
    return Proposed(
        "channel", key, domain.key, {"name": key.title(), "position": 1, **said}
    )


def rule(domain, key: str, position: int, **said) -> Proposed:
    body = {"position": position, "channel": "email", **said}
    return Proposed("campaign_rule", key, domain.key, body)


def given_up(asked: Proposed) -> Proposed:
    return Proposed(asked.kind, asked.key, asked.domain, asked.body, "retired")


def named(changes) -> list[str]:
    return [one.version.key for one in changes]


def test_an_empty_registry_has_an_empty_playbook():
    book = playbook.read()

    assert (book.is_empty, book.definitions, book.fields) == (True, 0, 0)


def test_a_domain_names_who_owns_and_who_stewards_it(domain):
    agree(domain, requests.kpi(domain))
    User.objects.filter(groups__in=[domain.owners, domain.stewards]).update(
        is_active=False
    )
    owner, steward = make.owner(domain), make.domain_steward(domain)
    owner.first_name, owner.last_name = "Ada", "Dorn"
    owner.save()

    [area] = playbook.read().areas

    assert (area.name, area.owners, area.stewards, area.definitions) == (
        "Orders", ("Ada Dorn",), (steward.username,), 1,
    )  # fmt: skip


def test_a_field_says_whose_word_counts_and_who_fills_it(domain):
    owned = {"owner": "shop", "fallbacks": ["crm", "web"], "survivorship": "oldest"}
    agree(
        domain,
        requests.field(domain, "order.status", required=True),
        requests.field(domain, "order.placed_on", computed=True),
        Proposed("ownership", "order.status", domain.key, owned),
    )

    [entity] = playbook.read().entities

    day, status = entity.fields
    assert (entity.key, entity.name, entity.most) == ("order", "Order", None)
    assert (day.parts["computed"], day.parts["owner"], day.rows) == ("yes", "", ())
    assert {part: status.parts[part] for part in ("owner", "fallbacks", "survivorship", "required")} == {
        "owner": "shop", "fallbacks": "crm, then web", "survivorship": "oldest",
        "required": "yes",
    }  # fmt: skip


def test_an_entity_says_how_many_fields_it_may_have(domain):
    body = {
        "name": "Fields", "meaning": "How many.", "dataset": "order",
        "metric": "fields_of_an_entity", "parameters": {"most": 9},
    }  # fmt: skip
    agree(domain, requests.field(domain, "order.status"))
    agree(domain, Proposed("quality", "fields_of_order", domain.key, body))

    book = playbook.read()

    assert ([each.most for each in book.entities], book.quality) == ([9], ())


def test_the_rules_of_a_channel_stand_in_their_order_and_in_words(domain):
    agree(
        domain,
        channel(domain),
        rule(domain, "late", 30, source="^news$", medium="^(mail|post)$"),
        rule(domain, "early", 20, campaign="^(?=odd)"),
    )

    [way] = playbook.read().ways

    assert [(each.position, each.when) for each in way.rules] == [
        (20, ("utm_campaign matches ^(?=odd)",)),
        (30, ("utm_source is news", "utm_medium is mail or post")),
    ]


def test_what_was_given_up_is_not_in_it(domain):
    agree(domain, channel(domain), requests.kpi(domain))
    agree(domain, given_up(channel(domain)))

    book = playbook.read()

    assert (book.ways, [each.key for each in book.kpis]) == ((), ["ltv_90"])


def test_a_kpi_says_how_it_is_computed_and_what_it_decides(domain):
    agree(
        domain,
        requests.kpi(domain, decision="What a buyer may cost.", formula="orders"),
    )

    [kpi] = playbook.read().kpis

    assert kpi.parts["decision"] == "What a buyer may cost."
    assert kpi.parts["window"] == "90 days"
    assert kpi.parts["formula"].startswith("How many purchases there were.")
    assert "“unattributed”" in kpi.parts["formula"]


def test_a_calculation_nobody_runs_has_no_words():
    assert facts.formula_in_words("pigeons") == ""


def test_who_has_which_role_is_no_part_of_it(domain):
    agree(domain, requests.kpi(domain))

    assert [each for each in playbook.read().roles if each.name == "Data owner"] == [
        playbook.book.Role("Data owner", "answers for what fields and channels mean", 2)
    ]


def test_two_who_read_the_same_have_the_same_edition(domain):
    agree(domain, requests.kpi(domain))

    assert playbook.read().digest == playbook.read().digest
    assert len(playbook.read().digest) == 64


@pytest.mark.parametrize("what", ["a word", "a person", "a state"])
def test_whatever_is_said_otherwise_is_another_edition(domain, what):
    agree(domain, requests.kpi(domain))
    before = playbook.read().digest

    if what == "a word":
        agree(domain, requests.kpi(domain, meaning="What they bought."))
    elif what == "a person":
        make.owner(domain)
    else:
        agree(domain, given_up(requests.kpi(domain)))

    assert playbook.read().digest != before


def test_it_reads_as_it_stood(domain):
    agree(domain, requests.kpi(domain))
    then = timezone.now()
    agree(domain, requests.kpi(domain, meaning="What they bought."))

    past, now = playbook.read(at=then), playbook.read()

    assert (past.kpis[0].words, now.kpis[0].words) == (
        "What a person bought within 90 days of the first order.", "What they bought.",
    )  # fmt: skip
    assert playbook.read(at=then - timedelta(days=400)).is_empty


def test_what_is_new_given_up_and_said_otherwise_is_told_apart(domain):
    agree(domain, requests.kpi(domain), channel(domain), channel(domain, "post"))
    then = timezone.now()
    agree(domain, requests.kpi(domain, window_days=60), given_up(channel(domain)))
    agree(domain, requests.kpi(domain, window_days=30), channel(domain, "radio"))

    found = playbook.between(then, None)

    assert (named(found.new), named(found.given_up), named(found.changed), found.n) == (
        ["radio"], ["email"], ["ltv_90"], 3,
    )  # fmt: skip
    [kpi] = found.changed
    assert (kpi.before.number, kpi.version.number, kpi.steps) == (1, 3, 2)
    assert [(each.label, each.before, each.after) for each in kpi.differences] == [
        ("Window in days", "90", "30")
    ]


def test_what_came_and_went_in_between_held_on_neither_day(domain):
    then = timezone.now()
    agree(domain, channel(domain))
    agree(domain, given_up(channel(domain)))

    assert playbook.between(then, None).n == 0


def test_what_came_back_is_new(domain):
    agree(domain, channel(domain))
    agree(domain, given_up(channel(domain)))
    then = timezone.now()
    agree(domain, channel(domain))

    assert named(playbook.between(then, None).new) == ["email"]


def test_what_changed_after_the_later_day_is_not_told(domain):
    agree(domain, requests.kpi(domain))
    then = timezone.now()
    agree(domain, channel(domain))
    later = timezone.now()
    agree(domain, requests.kpi(domain, window_days=60))

    found = playbook.between(then, later)

    assert (named(found.new), named(found.changed)) == (["email"], [])


def test_between_a_moment_and_itself_nothing_changed(domain):
    agree(domain, requests.kpi(domain))
    now = timezone.now()

    assert playbook.between(now, now).n == 0


def test_every_definition_we_begin_with_has_a_place_in_it():
    kinds = {each.kind for each in pack.definitions()}

    placed = {
        "field", "ownership", "channel", "campaign_rule", "dimension", "kpi",
        "attribution", "identity", "identifier", "consent", "quality",
    }  # fmt: skip
    assert kinds == placed
