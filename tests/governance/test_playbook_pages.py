"""The playbook's pages: for everybody, at any moment, at the same cost."""

import re
import sys
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from governance import playbook, starter
from governance.changes import Proposed
from governance.roles import ROLES
from measurement import registry
from tests import make
from tests.governance import requests
from tests.governance.pages import as_, seen

EVIL = "<script>alert(1)</script>"
PAGES = ["/playbook/", "/playbook/changes/", "/playbook/changes/?from=2020-01-01"]
# A goal of the product in milliseconds; a loaded machine gets thrice the time.
PAGE, PATIENCE = 400, 3


@pytest.fixture
def domain(db):
    return make.domain("orders")


@pytest.fixture
def reader(db, client: Client) -> Client:
    client.force_login(make.user())
    return client


@pytest.mark.parametrize("role", [role.key for role in ROLES])
def test_every_role_reads_the_playbook(domain, role):
    requests.applied(requests.kpi(domain), domain=domain)
    client = as_(make.user(role=role))

    assert [client.get(path).status_code for path in PAGES] == [200] * 3


@pytest.mark.django_db
def test_nobody_reads_it_without_signing_in(client):
    assert client.get("/playbook/").url == "/sign-in/?next=/playbook/"


def test_it_is_kept_by_nobody_but_its_reader(domain, reader):
    said = {reader.get(path)["Cache-Control"] for path in PAGES}

    assert said == {"private, no-cache"}


def test_everybody_reads_the_same_edition(domain):
    requests.applied(requests.kpi(domain), domain=domain)
    readers = [make.user(), make.owner(domain), make.user(role="auditor")]

    editions = {as_(each).get("/playbook/").context["book"].digest for each in readers}

    assert editions == {playbook.read().digest}


def test_the_page_names_its_edition_and_paper_has_it_whole(domain, reader):
    requests.applied(requests.kpi(domain), domain=domain)

    text = reader.get("/playbook/").text

    digest = playbook.read().digest
    assert f"<b>Edition {digest[:12]}</b>" in text
    cover = re.search(r'<div class="cover".*?</div>', text, re.DOTALL)
    assert cover and digest in cover[0]


def test_every_chapter_in_the_contents_is_there(domain, reader):
    requests.applied(requests.kpi(domain), domain=domain)

    text = reader.get("/playbook/").text

    listed = re.findall(r'<li><a href="#([a-z]+)">', text)
    assert len(listed) == 13
    assert [name for name in listed if text.count(f' id="{name}"') != 1] == []


def test_an_empty_playbook_says_how_to_fill_it(db):
    text = seen(make.user(), "/playbook/")

    assert "Nothing was agreed on yet" in text and "manage.py bootstrap" in text


def test_it_shows_how_it_stood_and_says_so(domain, reader):
    requests.applied(
        requests.kpi(domain, meaning="What they bought at first."), domain=domain
    )
    then = timezone.now()
    requests.applied(requests.kpi(domain, meaning="What they bought."), domain=domain)

    was = reader.get("/playbook/", {"as_of": then.isoformat()}).text
    before = reader.get("/playbook/?as_of=2020-01-01").text

    assert "What they bought at first." in was
    assert "This is the playbook as it stood at" in was
    assert "the registry had not begun" in before


def test_what_differs_between_two_days_is_told_whichever_comes_first(domain, reader):
    requests.applied(requests.kpi(domain), domain=domain)
    today = timezone.now()
    days = {
        "from": (today - timedelta(days=2)).date(),
        "to": (today + timedelta(days=2)).date(),
    }
    turned = {"from": days["to"], "to": days["from"]}

    found = [
        [
            one.version.key
            for one in reader.get("/playbook/changes/", asked).context["changes"].new
        ]
        for asked in (days, turned)
    ]

    assert found == [["ltv_90"], ["ltv_90"]]


@pytest.mark.parametrize(
    "asked",
    [
        "as_of=%00&from=%00&to=%00",
        "as_of=tomorrow&from=yesterday&to=never",
        "as_of=9999-12-31&from=0001-01-01&to=9999-12-31",
        "as_of=2026-02-30&from=2026-13-01&to=1e9",
        "as_of=%C3%28&from=&to=2026-03-31",
        "from=" + "9" * 5000,
    ],
    ids=lambda asked: asked[:30],
)
def test_nonsense_in_the_address_is_as_if_it_were_not_there(domain, reader, asked):
    requests.applied(requests.kpi(domain), domain=domain)

    answered = [
        reader.get(f"{path}?{asked}").status_code
        for path in ("/playbook/", "/playbook/changes/")
    ]

    assert answered == [200, 200]


def test_names_from_outside_are_text(domain, reader):
    said = requests.kpi(domain, name=EVIL, meaning=EVIL, decision=EVIL, parameters={EVIL: EVIL})  # fmt: skip
    requests.applied(
        said,
        requests.field(domain, f"order.{EVIL}", name=EVIL, unit=EVIL),
        Proposed("channel", "evil", domain.key, {"name": EVIL, "position": 1}),
        Proposed("campaign_rule", EVIL, domain.key, {"position": 1, "channel": "evil", "source": EVIL}),
        domain=domain,
    )  # fmt: skip

    pages = [reader.get(path).text for path in PAGES]

    assert [EVIL in page for page in pages] == [False] * 3
    assert pages[0].count("&lt;script&gt;") > 8


def test_the_playbook_costs_the_same_for_one_definition_and_for_a_hundred(
    domain, reader, django_assert_num_queries
):
    requests.applied(requests.field(domain, "order.one"), domain=domain)
    counted = []
    for path in PAGES:
        reader.get(path)
        with CaptureQueriesContext(connection) as asked:
            reader.get(path)
        counted.append(len(asked))

    requests.applied(*(requests.field(domain, f"order.n{n}") for n in range(99)), domain=domain)  # fmt: skip

    for path, queries in zip(PAGES, counted, strict=True):
        with django_assert_num_queries(queries):
            reader.get(path)


def test_every_table_has_a_caption_and_every_row_its_cells(domain, reader):
    requests.applied(
        requests.kpi(domain),
        requests.field(domain, "order.one"),
        Proposed("channel", "email", domain.key, {"name": "E-mail", "position": 1}),
        domain=domain,
    )

    for path in PAGES:
        for table in re.findall(r"<table.*?</table>", reader.get(path).text, re.S):
            widths = {
                len(re.findall(r"<t[hd]\b", row))
                for row in re.findall(r"<tr.*?</tr>", table, re.S)
            }
            assert (table.count("<caption"), len(widths)) == (1, 1)


@pytest.mark.slow  # Begins a registry with all that is registered, in its own database.
def test_five_hundred_definitions_are_read_at_once(own_database, settings, capsys):
    registry.register_folder(settings.BASE_DIR / "measurement" / "mappings")
    starter.begin(at=timezone.now())
    client = as_(make.user())
    then = timezone.now().isoformat()

    took = {
        path: milliseconds(client, path)
        for path in ("/playbook/", f"/playbook/?as_of={then.replace('+', '%2B')}")
    }

    with capsys.disabled():
        for path, found in took.items():
            sys.stdout.write(f"\n  {path[:18]:20} {found:6.1f} ms")
    assert playbook.read().definitions > 500
    assert [found for found in took.values() if found > PAGE * PATIENCE] == []


def milliseconds(client: Client, path: str) -> float:
    """Return how long it takes at best: what others do on the machine is not in it."""
    took = []
    for _ in range(5):
        began = time.perf_counter()
        assert client.get(path).status_code == 200
        took.append((time.perf_counter() - began) * 1000)
    return min(took)
