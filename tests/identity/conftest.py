"""Somebody known by three records, and what becomes of orders they placed."""

from collections.abc import Callable

import pytest

from governance.models import Domain
from identity import enrichment
from identity.models import OrderContext
from measurement.models import CustomerRecord
from tests import make
from tests.identity.told import tell

type Told = dict[str, tuple[str, str, bool]]
type Placed = Callable[[str, str], Told]


@pytest.fixture
def domain(db: None) -> Domain:
    """The area of the business that answers for who is who."""
    return make.domain("customer")


@pytest.fixture
def ada(db: None) -> dict[str, CustomerRecord]:
    """One person: an account at the shop, two contacts in the CRM."""
    storefront = make.storefront()
    shop, crm = (make.system(kind=kind, of=storefront) for kind in ("shop", "crm"))
    records = {
        "shop": make.record(of=shop, source_id="1"),
        "crm": make.record(of=crm, source_id="1"),
        "crm twice": make.record(of=crm, source_id="2"),
    }
    make.person(*records.values())
    return records


@pytest.fixture
def placed(ada: dict[str, CustomerRecord]) -> Placed:
    """Say what became of orders Ada placed on these days, after what the CRM says."""

    def enrich(said: str, on: str) -> Told:
        tell(ada, said)
        for day in on.split():
            make.order(ada["shop"], make.moment(day), source_id=day)
        enrichment.enrich_orders()
        return {
            context.order.source_id: (
                context.stage,
                context.segment,
                context.has_email_consent,
            )
            for context in OrderContext.objects.select_related("order")
        }

    return enrich
