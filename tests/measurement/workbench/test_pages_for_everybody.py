"""The workbench's pages for everybody: who may do what, and what stands in their address."""

import pytest

from governance.models import SourceSystem
from governance.roles import ROLES
from measurement.workbench import listing, observing, trying
from tests import make
from tests.make import moment
from tests.measurement.workbench import bench
from tests.measurement.workbench.pages import EMAIL, HERE

pytestmark = pytest.mark.django_db
AT = moment("2026-06-02")


@pytest.fixture
def contacts(load):
    return bench.seen(load)


@pytest.fixture
def steward(client):
    client.force_login(make.user(role="steward"))
    return client


def test_who_reads_and_who_changes(client, load):
    contacts = bench.contacts(load)
    addresses = ["/sources/", HERE]
    steward = make.user(role="steward")
    trial = trying.ask(stream=contacts, wanted=[bench.SEEN], by=steward, at=AT)
    tried = f"{HERE}trials/{trial.pk}/"
    change = f"{HERE}change/?field=customer.email"
    request = {"title": "Seen", "reason": "Why."}

    for role in (each.key for each in ROLES):
        client.force_login(make.user(role=role))
        reads = [client.get(address).status_code for address in (*addresses, tried)]
        writes = [
            client.get(change).status_code,
            client.post(change, EMAIL).status_code,
            client.post(tried, request).status_code,
        ]
        may = role != "auditor"

        assert (role, reads) == (role, [200, 200, 200])
        assert (role, writes) == (role, [200, 302, 302] if may else [403, 403, 403])
        assert ('type="checkbox"' in client.get(HERE).text) == may


def test_nobody_reads_without_signing_in(client, contacts):
    assert {client.get(at).status_code for at in ("/sources/", HERE)} == {302}


def test_an_installation_without_sources_says_what_to_do(steward):
    assert "No source is registered yet" in steward.get("/sources/").text


def test_a_stream_nobody_has_loaded_can_be_looked_at(steward):
    make.stream("leads", of=make.system("crm"), grain="customer")

    page = steward.get("/sources/crm/leads/")

    assert page.status_code == 200
    assert "Nobody has looked at it yet" in page.text


def test_names_from_outside_are_text(steward, load):
    evil = "<script>alert(1)</script>"
    bench.seen(load, rows=f"id,mail,group,{evil}\n1,,{evil},{evil}\n")
    SourceSystem.objects.update(name=evil)

    texts = [steward.get(HERE).text, steward.get("/sources/").text]

    assert [text for text in texts if evil in text] == []


def test_a_page_costs_as_much_for_many_columns_as_for_few(
    steward, contacts, load, django_assert_num_queries
):
    steward.get(HERE)
    with django_assert_num_queries(14):
        steward.get(HERE)
    many = ",".join(f"more{n}" for n in range(50))
    load(contacts, f"id,mail,group,{many}\n1,,gold{',7' * 50}\n", name="wide.csv")
    observing.observe(at=AT)

    with django_assert_num_queries(14):
        steward.get(HERE)


def test_the_list_costs_as_much_for_many_streams_as_for_one(
    contacts, django_assert_num_queries
):
    with django_assert_num_queries(4):
        listing.streams()
    for n in range(20):
        make.stream(f"stream{n}", of=contacts.system, grain="customer")

    with django_assert_num_queries(4):
        assert len(listing.streams()) == 21
