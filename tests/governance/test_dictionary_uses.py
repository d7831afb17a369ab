"""From a column to the pages it shows on, and from a KPI back to its columns."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance import dictionary
from governance.changes import Proposed
from tests import make
from tests.governance import requests
from tests.governance.pages import seen

pytestmark = pytest.mark.django_db

TILL = "till/sales"


@pytest.fixture
def domain():
    return make.domain("revenue")


def mapping(domain, target: str, **rule) -> Proposed:
    return Proposed("mapping", f"{TILL}:{target}", domain.key, {"rule": rule})


def kpi(domain, key: str, **said) -> Proposed:
    return requests.kpi(domain, key, **{"name": key, "formula": key, **said})


@pytest.fixture
def till(domain):
    """A till whose sales fill amounts, and three KPIs, two of which are about money."""
    shore = {"name": "Shore", "time_zone": "UTC", "currency": "USD"}
    source = {**shore, "name": "Till", "kind": "shop", "storefront": "shore"}
    requests.applied(
        Proposed("storefront", "shore", domain.key, shore),
        Proposed("source", "till", domain.key, source),
        Proposed("stream", TILL, domain.key, {"position": 1, "grain": "order_line"}),
        domain=domain,
    )
    requests.applied(
        requests.field(domain, "order_line.amount", name="Sales amount"),
        requests.field(
            domain, "order_line.amount_shop", name="Amount in shop currency"
        ),
        requests.field(domain, "order_line.title", name="Title"),
        mapping(domain, "order_line.order", column="receipt", lookup=True),
        mapping(domain, "order_line.source_id", column="line"),
        mapping(domain, "order_line.quantity", column="pieces"),
        mapping(domain, "order_line.amount", column="paid"),
        mapping(domain, "order_line.title", column="article"),
        Proposed(
            "mapping", f"{TILL}:order_line.when_filled", domain.key, {"rule": "article"}
        ),
        kpi(domain, "revenue"),
        kpi(domain, "ltv_120", formula="ltv_90", window_days=120),
        kpi(domain, "customers"),
        domain=domain,
    )
    return domain


def read(kind: str, key: str) -> list[tuple[str, tuple[str, ...], list[str]]]:
    return [
        (each.kpi.key, each.through, [page.title for page in each.pages])
        for each in dictionary.read(kind, key).readers
    ]


AMOUNTS = ("order_line.amount_reporting", "order_line.amount_shop")
REVENUE_ON = ["Acquisition to LTV", "Growth", "Revenue quality"]
MONEY = [("ltv_120", AMOUNTS, []), ("revenue", AMOUNTS, REVENUE_ON)]


def test_a_field_names_the_kpis_that_read_it_through_what_is_worked_out_from_it(till):
    assert read("field", "order_line.amount") == MONEY


def test_a_field_that_is_worked_out_leads_to_those_who_read_it_alone(till):
    assert read("field", "order_line.amount_shop") == [
        (key, ("order_line.amount_shop",), pages) for key, _, pages in MONEY
    ]


def test_a_field_that_no_kpi_reads_has_no_reader(till):
    assert read("field", "order_line.title") == []


def test_a_mapping_a_stream_and_a_source_lead_on_to_the_same_kpis(till):
    assert read("mapping", f"{TILL}:order_line.amount") == MONEY
    assert read("mapping", f"{TILL}:order_line.title") == []


def test_beside_a_kpi_a_few_of_its_fields_are_named_and_the_others_counted(till):
    requests.applied(
        Proposed(
            "stream", "till/receipts", till.key, {"position": 0, "grain": "order"}
        ),
        *(
            Proposed(
                "mapping", f"till/receipts:order.{name}", till.key, {"rule": column}
            )
            for name, column in (
                ("source_id", "id"),
                ("placed_at", "at"),
                ("currency", "cur"),
                ("status", "state"),
            )
        ),
        domain=till,
    )

    page = seen(make.user(), "/dictionary/source/till/")

    assert (
        "revenue order.placed_at , order.placed_on , order.source_id , "
        "order.status and 3 more Acquisition to LTV" in page
    )
    assert "customers order.placed_at , order.source_id , order.status Acq" in page


def test_what_decides_which_rows_count_leads_to_all_that_their_entity_is_read_for(till):
    through = (*AMOUNTS, "order_line.order")

    expected = [(key, through, pages) for key, _, pages in MONEY]

    assert read("mapping", f"{TILL}:order_line.when_filled") == expected
    assert read("stream", TILL) == expected
    assert read("source", "till") == expected


def test_a_stream_does_not_lead_where_one_of_a_longer_name_does(till, domain):
    requests.applied(
        Proposed("stream", "till/sale", domain.key, {"position": 2, "grain": "order"}),
        domain=domain,
    )

    assert read("stream", "till/sale") == []


def test_a_rule_of_channels_leads_to_what_is_told_by_channel(till):
    requests.applied(
        Proposed("channel", "radio", till.key, {"name": "Radio", "position": 1}),
        Proposed("campaign_rule", "r", till.key, {"position": 0, "channel": "radio"}),
        kpi(till, "cohort_retention"),
        domain=till,
    )
    tags = tuple(sorted(dictionary.uses.TAGS))

    keys = [(key, through) for key, through, _pages in read("campaign_rule", "r")]

    assert keys == [(key, tags) for key in ("customers", "ltv_120", "revenue")]
    assert read("channel", "radio") == read("campaign_rule", "r")


def test_a_kpi_that_was_given_up_reads_nothing_any_more(till):
    given_up = kpi(till, "revenue")
    requests.applied(
        Proposed("kpi", "revenue_2", till.key, given_up.body),
        domain=till,
    )
    requests.applied(
        Proposed(
            "kpi", "ltv_120", till.key, kpi(till, "ltv_120").body, state="retired"
        ),
        domain=till,
    )

    found = [key for key, _through, _pages in read("field", "order_line.amount")]

    assert found == ["revenue", "revenue_2"]


def test_who_reads_is_asked_of_the_moment_in_view(till):
    then = dictionary.read("kpi", "customers").version.valid_during.lower
    requests.applied(kpi(till, "cohort_value"), domain=till)

    now = dictionary.read("field", "order_line.amount").readers
    before = dictionary.read("field", "order_line.amount", at=then).readers

    assert (len(now), len(before)) == (3, 2)


def test_a_kpi_says_of_which_columns_it_is_made(till):
    said = dictionary.read("kpi", "revenue")

    found = {
        each.field.key: (
            each.field.name,
            [(flow.stream, flow.columns) for flow in each.flows],
            each.made_from,
        )
        for each in said.origins
        if each.field.key.startswith("order_line.")
    }

    assert found == {
        "order_line.amount": ("Sales amount", [(TILL, ("paid",))], ()),
        "order_line.amount_reporting": (
            "order_line.amount_reporting",
            [],
            ("order.reporting_rate", "order_line.amount"),
        ),
        "order_line.amount_shop": (
            "Amount in shop currency",
            [],
            ("order.shop_rate", "order_line.amount"),
        ),
        "order_line.order": ("order_line.order", [(TILL, ("receipt",))], ()),
    }
    assert dictionary.read("field", "order_line.title").origins == []


def test_a_field_worked_out_names_what_it_is_worked_out_from_and_the_other_way(till):
    worked_out = dictionary.read("field", "order_line.amount_shop").groups
    said = dictionary.read("field", "order_line.amount").groups

    assert [
        (group.title, [link.key for link in group.links]) for group in worked_out
    ] == [("Worked out from", ["order_line.amount"])]
    assert [(group.title, [link.key for link in group.links]) for group in said] == [
        ("Goes into", ["order_line.amount_shop"])
    ]


def test_the_page_of_a_field_goes_from_the_column_to_the_page_it_shows_on(till):
    page = seen(make.user(), "/dictionary/field/order_line.amount/")

    assert "2 KPIs read it, as the statements that compute them do." in page
    through = "order_line.amount_reporting , order_line.amount_shop"
    assert f"revenue {through} Acquisition to LTV" in page
    assert f"ltv_120 {through} no page" in page
    assert page.index("till/sales paid") < page.index("Who uses it")


def test_the_page_of_a_field_nobody_reads_says_so(till):
    page = seen(make.user(), "/dictionary/field/order_line.title/")

    assert "No KPI reads it." in page


def test_open_requests_are_among_those_who_use_it(till):
    requests.in_review(
        requests.field(till, "order_line.title", name="Headline"),
        by=make.domain_steward(till),
    )

    page = seen(make.user(), "/dictionary/field/order_line.title/")

    assert "No KPI reads it. 1 open request would change it." in page


def test_the_page_of_a_kpi_goes_back_to_the_columns(till):
    page = seen(make.user(), "/dictionary/kpi/revenue/")

    assert "It shows on Acquisition to LTV" in page
    assert "Sales amount order_line.amount till/sales paid" in page
    assert "worked out from order.shop_rate , order_line.amount" in page
    assert "order.shop_rate order.shop_rate worked out from" in page
    assert "refund.order refund.order no source says it" in page


def test_a_field_costs_the_same_for_one_reader_and_for_thirty(
    till, client, django_assert_num_queries
):
    client.force_login(make.user())
    client.get("/dictionary/")
    with CaptureQueriesContext(connection) as asked:
        client.get("/dictionary/field/order_line.amount/")

    requests.applied(
        *(kpi(till, f"revenue_{n}", formula="revenue") for n in range(30)), domain=till
    )

    with django_assert_num_queries(len(asked)):
        page = client.get("/dictionary/field/order_line.amount/")
    assert len(page.context["definition"].readers) == 32
