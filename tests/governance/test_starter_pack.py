"""The pack a new installation begins with, held against the code it speaks of."""

from collections import Counter
from dataclasses import fields, replace
from importlib import import_module

import pytest

from governance import budget, kinds, taxonomy
from governance.models import Kind, Operation
from governance.starter import UnsoundPack, pack
from identity import enrichment, evidence, policy
from measurement.models import CustomerRecord, Order
from reporting.attribution import crediting
from reporting.checks import CHECKS
from reporting.metrics import METRICS, MIN_N

MIGRATED = import_module("governance.migrations.0002_default_channels")


def written(kind: str) -> dict[str, dict]:
    return {each.key: each.body for each in pack.definitions() if each.kind == kind}


def test_no_definition_stands_twice():
    said = [(each.kind, each.key) for each in pack.definitions()]

    assert len(said) == len(set(said))


def test_every_definition_lies_in_a_domain_of_the_pack():
    domains = {each.domain_id for each in pack.definitions()}

    assert domains == {area.key for area in pack.areas()}


def test_a_definition_that_is_not_sound_begins_nothing():
    broken = Operation(kind="kpi", key="ltv", domain_id="revenue", body={})

    with pytest.raises(UnsoundPack, match="kpi ltv: name is missing"):
        pack.refuse_unsound([broken])


def test_no_text_of_a_definition_is_empty():
    # What a figure may leave open: no window, no unit, no pattern of that tag,
    # no consent that it takes.
    open_parts = {
        "unit", "source", "medium", "campaign", "referrer", "dataset", "consent",
    }  # fmt: skip

    empty = [
        f"{each.kind} {each.key}: {part.name}"
        for each in pack.definitions()
        for part in kinds.KINDS[each.kind]
        if part.type == "text"
        and part.name not in open_parts
        and not each.body[part.name].strip()
    ]

    assert empty == []


def test_meanings_and_decisions_are_sentences():
    broken = [
        f"{each.kind} {each.key}"
        for each in pack.definitions()
        for part in ("meaning", "decision")
        if not each.body.get(part, ".").endswith(".")
    ]

    assert broken == []


def test_every_figure_computed_is_defined_and_the_other_way_round():
    kpis = written(Kind.KPI)

    assert {body["formula"] for body in kpis.values()} == set(METRICS)
    assert {key: body["formula"] for key, body in kpis.items()} == {
        key: key for key in METRICS
    }


def _calendar(definition: str) -> str:
    """Return by which day refunds count, as a definition's words tell."""
    if "by the day of the refund" in definition:
        return "refund"
    tells = ("net sales", "refunds", "by the day of the order")
    return "order" if any(words in definition for words in tells) else "none"


def test_a_figure_is_computed_as_it_is_defined():
    kpis = written(Kind.KPI)

    assert {
        key: (body["window_days"], body["min_n"], body["refund_calendar"])
        for key, body in kpis.items()
    } == {
        key: (
            metric.parameters.get("days", 0),
            0 if "Never withheld" in " ".join(metric.definition.split()) else MIN_N,
            _calendar(" ".join(metric.definition.split())),
        )
        for key, metric in METRICS.items()
    }


def test_channels_are_those_of_the_migration():
    channels = written(Kind.CHANNEL)

    assert [
        (key, body["name"], body["position"]) for key, body in channels.items()
    ] == [
        (key, name, 10 * nth)
        for nth, (key, name) in enumerate(MIGRATED.CHANNELS, start=1)
    ]


def test_campaign_rules_are_those_of_the_migration():
    rules = written(Kind.CAMPAIGN_RULE)

    assert [
        (
            body["position"], body["channel"], body["source"], body["medium"],
            body["campaign"], body["referrer"],
        )
        for body in rules.values()
    ] == [(10 * nth, *rule) for nth, rule in enumerate(MIGRATED.RULES, start=1)]  # fmt: skip


def test_a_rule_is_named_for_its_channel():
    assert [
        key
        for key, body in written(Kind.CAMPAIGN_RULE).items()
        if not key.startswith(f"{body['channel']}_by_")
    ] == []


def test_credit_goes_where_the_touches_are_read():
    came = written(Kind.ATTRIBUTION)["acquisition"]

    assert came["parameters"] == {
        "touch_kinds": list(taxonomy.TOUCH_KINDS),
        "no_touch": taxonomy.UNATTRIBUTED,
    }


def test_credit_is_shared_out_as_the_code_has_it_while_nothing_was_agreed():
    models = [
        replace(crediting.of_body(key, "1", body), name="", meaning="")
        for key, body in written(Kind.ATTRIBUTION).items()
        if body["formula"] != crediting.ACQUISITION
    ]

    assert sorted(models, key=lambda model: model.key) == sorted(
        crediting.DEFAULTS, key=lambda model: model.key
    )


def test_identity_rules_are_read_by_a_step_or_say_what_the_code_does():
    rules = {key: body["parameters"] for key, body in written(Kind.IDENTITY).items()}
    read = {key for key in rules if policy.parameters_of(key) is not None}

    assert set(rules) - read == {"guards", "questions"}
    assert {key: set(rules[key]) for key in read} == {
        key: {each.name for each in fields(getattr(policy.beginning(), key))}
        for key in read
    }


def test_what_joins_unscored_stands_with_its_identifier():
    patterns = {
        f"{key}+{beside}"
        for key, body in written(Kind.IDENTIFIER).items()
        for beside in body["merges_with"]
    }

    begun = policy.beginning()
    assert set(begun.joining.merges_unscored) == patterns
    assert {pattern for pattern in patterns if begun.joins(pattern)} == patterns


def test_an_identifier_needs_a_consent_that_is_asked_for():
    needed = {body["consent"] for body in written(Kind.IDENTIFIER).values()} - {""}

    assert needed <= set(written(Kind.CONSENT))


def facts(first: str | None, last: str | None = None, **said: object) -> evidence.Facts:
    place = (f"{first} {last}", f"{said}")
    return evidence.Facts(
        record=hash(place), place=place, storefront=1, first=first, last=last, **said
    )


def score(one: evidence.Facts, other: evidence.Facts, *, third: str = "") -> float:
    """Return the score of the pair of the two, beside a third at the same mailbox."""
    beside = [facts(third, emails=one.emails)] if third else []
    found = evidence.find([one, other, *beside]).pairs
    found += evidence.find_by_phone([one, other]).pairs
    [pair] = [pair for pair in found if {pair.left, pair.right} == {one, other}]
    return pair.score


def by_mail(first: str | None) -> evidence.Facts:
    return facts(first, emails=("ada@northmail.example",), account_of=None)


def by_phone(last: str | None, nth: int) -> evidence.Facts:
    return facts("ada", last, phones=("+12125550123",), claims=(f"{nth}",))


def test_waiting_pairs_are_as_likely_as_is_written():
    def claimant(first: str | None) -> evidence.Facts:
        return facts(first, "byron", claims=("7",))

    def account(first: str | None, last: str | None = "king") -> evidence.Facts:
        return evidence.Facts(
            1, ("shop", "7"), 1, first=first, last=last, account_of=1, claims=("7",)
        )

    alike = ("margaret", "magraret")
    assert written(Kind.IDENTITY)["questions"]["parameters"] == {
        "phone_names_agree": score(by_phone("byron", 1), by_phone("byron", 2)),
        "phone_last_name_open": score(by_phone("byron", 1), by_phone(None, 2)),
        "customer_id_first_names_alike": score(claimant(alike[0]), account(alike[1])),
        "customer_id_no_name_agrees": score(claimant(None), account(None)),
        "customer_id_first_names_differ": score(claimant("ada"), account("bo")),
        "email_first_names_alike": score(*map(by_mail, alike)),
        "email_first_name_unclear": score(by_mail("ada"), by_mail(None)),
        "email_nickname_of_two": score(
            by_mail("chris"), by_mail("christine"), third="christopher"
        ),
        "email_first_names_differ": score(by_mail("ada"), by_mail("bo")),
    }


def test_consent_is_asked_for_what_is_done_with_it():
    purposes = written(Kind.CONSENT)

    assert enrichment._EMAIL_MARKETING in purposes
    assert [key for key, body in purposes.items() if not body["needed_for"]] == []


def test_every_check_that_blocks_a_build_is_written_down():
    checks = written(Kind.QUALITY).values()

    assert {
        body["metric"]: (body["dataset"], body["severity"])
        for body in checks
        if body["metric"] != budget.METRIC and body["severity"] == "block"
    } == {check.__name__.lstrip("_"): ("build", "block") for check in CHECKS}


def test_every_entity_has_a_budget_with_room_for_what_it_has_and_a_little_more():
    budgets = {
        body["dataset"]: body["parameters"]["most"]
        for body in written(Kind.QUALITY).values()
        if body["metric"] == budget.METRIC
    }
    has = Counter(budget.entity_of(key) for key in written(Kind.FIELD))

    assert budgets.keys() == has.keys()
    assert {
        entity: (has[entity], most)
        for entity, most in budgets.items()
        if not has[entity] < most <= has[entity] * 2
    } == {}


@pytest.mark.parametrize(
    ("dimension", "choices"),
    [
        ("customer_status", CustomerRecord.Status),
        ("subscription_status", CustomerRecord.Subscription),
        ("order_status", Order.Status),
    ],
)
def test_the_words_of_a_dimension_are_those_the_database_takes(dimension, choices):
    assert list(written(Kind.DIMENSION)[dimension]["values"]) == choices.values


@pytest.mark.parametrize("dimension", ["product_category", "segment"])
def test_a_dimension_the_source_names_takes_every_word(dimension):
    assert written(Kind.DIMENSION)[dimension]["values"] == {}
