"""A source fills what it owns: refused when it is proposed, and by the writer."""

import pytest

from governance import changes
from governance.changes import Proposed
from governance.models import FieldMapping, SourceSystem
from measurement import mapping
from tests import make
from tests.governance import requests

pytestmark = pytest.mark.django_db

NO_REVENUE = (
    "Crm may not fill order_line.amount: it belongs to shop, and crm is a crm. Map it "
    "to a field of its own, or propose another owner."
)


@pytest.fixture
def domain():
    return make.domain("revenue")


@pytest.fixture
def crm():
    """A CRM that tells orders' lines, all but what was paid for them."""
    system = make.system("crm", kind=SourceSystem.Kind.CRM)
    stream = make.stream("deals", of=system, grain="order_line")
    for field, rule in {"order": "order", "source_id": "id", "quantity": "n"}.items():
        FieldMapping.objects.create(
            stream=stream, entity="order_line", field=field, rule=rule
        )
    return stream


def owned_by(owner: str, domain, *, fallbacks: tuple[str, ...] = ()) -> Proposed:
    said = {"owner": owner, "fallbacks": list(fallbacks)}
    return Proposed("ownership", "order_line.amount", domain.key, said)


def revenue_from_the_crm(domain) -> Proposed:
    return Proposed(
        "mapping", "crm/deals:order_line.amount", domain.key, {"rule": "deal_amount"}
    )


def test_revenue_of_a_crm_is_refused_when_it_is_proposed(crm, domain):
    requests.applied(owned_by("shop", domain), domain=domain)

    with pytest.raises(changes.Unsound) as refused:
        requests.draft(revenue_from_the_crm(domain), by=make.domain_steward(domain))

    assert str(refused.value) == NO_REVENUE


def test_revenue_of_a_crm_forced_into_the_table_is_refused_by_the_writer(crm, domain):
    requests.applied(owned_by("shop", domain), domain=domain)
    FieldMapping.objects.create(
        stream=crm, entity="order_line", field="amount", rule="deal_amount"
    )

    with pytest.raises(mapping.MappingError) as refused:
        mapping.of_stream(crm)

    assert str(refused.value) == NO_REVENUE


@pytest.mark.parametrize("owner", ["crm", "shop"])
def test_an_owner_and_those_behind_it_may_fill_a_field(crm, domain, owner):
    requests.applied(owned_by(owner, domain, fallbacks=("crm",)), domain=domain)

    requests.draft(revenue_from_the_crm(domain), by=make.domain_steward(domain))


def test_ownership_that_changes_with_the_mapping_counts(crm, domain):
    requests.applied(owned_by("shop", domain), domain=domain)

    requests.draft(
        owned_by("crm", domain),
        revenue_from_the_crm(domain),
        by=make.domain_steward(domain),
    )


def test_a_field_nobody_owns_may_be_filled_by_all(crm, domain):
    requests.draft(revenue_from_the_crm(domain), by=make.domain_steward(domain))


@pytest.mark.parametrize(
    ("key", "rule", "said"),
    [
        ("crm/deals:order_line.colour", "c", "crm/deals maps order_line.colour, which"),
        ("crm/deals:wish.id", "c", "crm/deals maps wish; the model has"),
        (
            "crm/wishes:order.source_id",
            "c",
            "There is no stream crm/wishes; propose it",
        ),
        (
            "crm/deals:order_line.quantity",
            {"colum": "n"},
            "The rule of crm/deals: order_line.quantity",
        ),
    ],
)
def test_a_mapping_that_cannot_be_is_refused_in_words(crm, domain, key, rule, said):
    asked = Proposed("mapping", key, domain.key, {"rule": rule})

    with pytest.raises(changes.Unsound) as refused:
        requests.draft(asked, by=make.domain_steward(domain))

    assert str(refused.value).startswith(said)


def test_a_mapping_others_need_cannot_be_given_up(crm, domain):
    key = "crm/deals:order_line.order"
    requests.applied(
        revenue_from_the_crm(domain),
        Proposed("mapping", key, domain.key, {"rule": {"column": "order"}}),
        domain=domain,
    )

    with pytest.raises(changes.Unsound) as refused:
        requests.draft(
            Proposed("mapping", key, domain.key, {"rule": "order"}, state="retired"),
            by=make.domain_steward(domain),
        )

    assert "order_line.order" in str(refused.value)


def test_a_new_stream_comes_with_its_mappings(crm, domain):
    requests.draft(
        Proposed("stream", "crm/wishes", domain.key, {"position": 9, "grain": "order"}),
        Proposed("mapping", "crm/wishes:order.source_id", domain.key, {"rule": "id"}),
        Proposed("mapping", "crm/wishes:order.placed_at", domain.key, {"rule": "at"}),
        by=make.domain_steward(domain),
    )
