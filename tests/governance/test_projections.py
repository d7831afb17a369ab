"""What was agreed stands in the rows the steps read."""

import pytest

from governance import channels
from governance.changes import Proposed
from governance.models import Channel, SourceSystem
from governance.taxonomy import Rule
from tests import make
from tests.governance import requests

pytestmark = pytest.mark.django_db


@pytest.fixture
def domain():
    return make.domain("marketing")


def rule(position: int, channel: str, **patterns: str) -> dict[str, object]:
    return {"position": position, "channel": channel, **patterns}


def test_rules_are_those_in_force_in_their_order(domain):
    requests.applied(
        Proposed("channel", "radio", domain.key, {"name": "Radio", "position": 90}),
        Proposed("campaign_rule", "b", domain.key, rule(2, "direct", source="^$")),
        Proposed("campaign_rule", "a", domain.key, rule(1, "radio", source="radio")),
        domain=domain,
    )

    assert channels.rules() == [
        Rule("radio", source="radio"),
        Rule("direct", source="^$"),
    ]


def test_a_rule_that_is_given_up_counts_no_more(domain):
    one = Proposed("campaign_rule", "a", domain.key, rule(1, "direct", source="x"))
    other = Proposed("campaign_rule", "b", domain.key, rule(2, "email", source="y"))
    requests.applied(one, other, domain=domain)

    requests.applied(
        Proposed("campaign_rule", "a", domain.key, one.body, state="retired"),
        domain=domain,
    )

    assert channels.rules() == [Rule("email", source="y")]


def test_a_channel_keeps_its_row_when_it_is_named_anew(domain):
    before = Channel.objects.get(key="email")

    requests.applied(
        Proposed("channel", "email", domain.key, {"name": "Post", "position": 4}),
        domain=domain,
    )

    after = Channel.objects.get(key="email")
    assert (after.pk, after.name) == (before.pk, "Post")


def test_a_source_moves_to_another_zone(domain):
    system = make.system("shop")

    requests.applied(
        Proposed(
            "source",
            "shop",
            domain.key,
            {
                "name": "Shop",
                "kind": "shop",
                "storefront": system.storefront.key,
                "time_zone": "America/New_York",
                "currency": "USD",
            },
        ),
        domain=domain,
    )

    assert SourceSystem.objects.get(key="shop").time_zone == "America/New_York"


def test_a_field_is_mapped_by_what_was_agreed(domain):
    stream = make.stream("orders", of=make.system("shop"))
    stream.mappings.create(entity="order", field="placed_at", rule="at")
    key = "shop/orders:order.source_id"

    requests.applied(
        Proposed("mapping", key, domain.key, {"rule": "order_no"}), domain=domain
    )
    requests.applied(
        Proposed("mapping", key, domain.key, {"rule": {"column": "id"}}), domain=domain
    )

    assert dict(stream.mappings.values_list("field", "rule")) == {
        "placed_at": "at",
        "source_id": {"column": "id"},
    }
