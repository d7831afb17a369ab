"""Every page, for every role, with whatever stands in its address."""

import re
from datetime import timedelta
from urllib.parse import quote

import pytest

from governance.models import Storefront
from governance.roles import ROLES
from identity import ledger
from identity.models import MatchCandidate, Person
from measurement.models import CustomerRecord, Night, RejectedRow
from reporting.models import Build
from tests import make, published
from tests.governance import requests

pytestmark = pytest.mark.django_db

LISTS = [
    "/acquisition/", "/cohorts/", "/people/", "/runs/", "/definitions/", "/growth/",
    "/quality/", "/campaigns/", "/segments/", "/health/", "/moved/", "/attribution/",
]  # fmt: skip
NONSENSE = [
    "storefront=pigeon",
    "storefront=&channel=&segment=&measure=&page=",
    "storefront=%00&channel=%00&segment=%00&measure=%00&page=%00",
    "storefront='%3B--&channel=%3Cscript%3E&segment=%22%3E&measure=%C3%28",
    "page=0",
    "page=-1",
    "page=1e999",
    "page=" + "9" * 5000,
    "page=last",
    "from=0000-00&to=9999-99&against=-1",
    "from=9999-12&to=0002-01&against=before&channel=%00",
    "from=%00&against=99999999999999999999&format=csv%00",
    "storefront=a&storefront=b&page=1&page=two",
]


@pytest.fixture
def everything() -> list[str]:
    """One of everything there is to see; returns where it is to be seen."""
    build, system = published.build(), make.system("till", of=make.storefront("shore"))
    shop = system.storefront
    for channel in ({}, {"channel": "email"}):
        published.reading("customers", 90, of=shop, by=build, **channel)
        published.reading(
            "repeat_rate_90", "0.25", of=shop, by=build, low="0.2", high="0.3",
            **channel,
        )  # fmt: skip
    published.reading("gross", 90, of=shop, by=build, month="2026-01")
    published.reading("attributed_revenue", 90, of=shop, by=build)
    for place in ({"campaign": "spring"}, {"segment": "loyal"}):
        published.reading("margin_per_buyer", 9, of=shop, by=build, **place)
    for segment in ("", "loyal"):
        cohort = {"cohort": "2026-01", "segment": segment}
        published.reading("cohort_customers", 90, of=shop, by=build, **cohort)
        published.reading("cohort_retention", "1", of=shop, by=build, month=0, **cohort)
    record = published.record("Ada Dorn", of=system, email="ada@example.com")
    somebody = published.person(record)
    published.buyer(somebody, of=shop, by=build)
    make.order(record, make.moment("2026-01-05"))
    ran = published.night()
    published.step("Till", of=ran, written=5, rejected=1)
    load = published.load(make.stream(of=system), written=5, rejected=1)
    RejectedRow.objects.create(
        run=load, line=7, reason="Why.", text="7;ada@example.com"
    )
    return [
        *LISTS, _merged(record), f"/people/{somebody.public_id}/", f"/runs/{ran.pk}/",
    ]  # fmt: skip


def _merged(record: CustomerRecord) -> str:
    """Return where to read why somebody is one, and is not a third, with weights."""
    guest = published.record("Ada Dorn", of=record.system, email="ada@example.com")
    other = published.record("Ida Dorn", of=record.system, email="ada@example.com")
    people = [published.person(guest), published.person(other)]
    steps = [{"feature": "last", "level": "equal", "bits": 8.5, "sentence": ""}]
    for pair in ((guest, other), (record, guest)):
        MatchCandidate.objects.create(
            left=pair[0], right=pair[1], found_at=published.AT, evidence="Much.",
            guard="Unsure.", waterfall=steps, evidence_digest="d",
        )  # fmt: skip
    [merge] = ledger.merge(
        people=[one.pk for one in people], by=make.user(role="steward"),
        reason="She said so.", at=published.AT + timedelta(days=1),
        evidence={
            "pair": MatchCandidate.objects.get(left=guest).pk, "digest": "d",
        },
    )  # fmt: skip
    place = f"{record.system.key}/{record.source_id}"
    return f"/review/people/{merge.kept.public_id}/?not={place}"


@pytest.mark.parametrize("role", [role.key for role in ROLES])
def test_every_role_reads_every_page(client, everything, role):
    client.force_login(make.user(role=role))

    answered = {address: client.get(address).status_code for address in everything}

    assert answered == dict.fromkeys(everything, 200)


def test_somebody_without_any_role_reads_the_pages_and_no_contact(client, everything):
    nobody = make.seated(make.user())
    client.force_login(nobody)

    pages = [client.get(address) for address in everything]

    assert {page.status_code for page in pages} == {200}
    assert [page for page in pages if "ada@example.com" in page.text] == []


def test_nobody_reads_any_page_without_signing_in(client, everything):
    answered = [(client.get(at).status_code, client.get(at).url) for at in everything]

    assert answered == [(302, f"/sign-in/?next={quote(at)}") for at in everything]


def test_who_was_shut_out_is_sent_to_the_door(client, everything):
    user = make.user()
    client.force_login(user)
    user.is_active = False
    user.save()

    assert {client.get(address).status_code for address in everything} == {302}


def _asking(address: str, asked: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}{asked}"


@pytest.mark.parametrize("asked", NONSENSE, ids=lambda asked: asked[:40])
def test_nonsense_in_the_address_is_as_if_it_were_not_there(reader, everything, asked):
    answered = {at: reader.get(_asking(at, asked)).status_code for at in everything}

    assert answered == dict.fromkeys(everything, 200)


@pytest.mark.parametrize("asked", ["", *NONSENSE[2:4]])
def test_an_empty_installation_answers_every_address(reader, asked):
    answered = {at: reader.get(_asking(at, asked)).status_code for at in LISTS}

    assert answered == dict.fromkeys(LISTS, 200)


@pytest.mark.parametrize(
    "address",
    [
        "/people/1/",
        "/people/00000000-0000-0000-0000-000000000000/",
        "/people/not-a-person/",
        "/runs/0/",
        f"/runs/{10**30}/",
        "/runs/" + "9" * 5000 + "/",
        "/runs/-1/",
        "/runs/%00/",
        "/nothing/",
    ],
    ids=lambda address: address[:30],
)
def test_what_is_not_there_is_said_in_words(reader, address):
    page = reader.get(address)

    assert page.status_code == 404
    assert "There is no such page" in page.text


def test_every_answer_names_what_a_page_may_load(reader, client, everything):
    addresses = [*everything, "/nothing/", "/", "/sign-in/"]

    policies = {reader.get(at).headers["Content-Security-Policy"] for at in addresses}

    assert policies == {
        "default-src 'none'; script-src 'self'; style-src 'self'; "
        "img-src 'self' data:; font-src 'self'; connect-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    }


def test_no_page_may_be_framed_or_guessed_at(reader, everything):
    said = {
        (
            page["X-Frame-Options"],
            page["X-Content-Type-Options"],
            page["Referrer-Policy"],
        )
        for page in map(reader.get, everything)
    }

    assert said == {("DENY", "nosniff", "same-origin")}


def test_every_table_has_a_caption_and_every_heading_a_direction(reader, everything):
    pages = {address: reader.get(address).text for address in everything}

    tables = [
        (address, table)
        for address, text in pages.items()
        for table in re.findall(r"<table.*?</table>", text, re.DOTALL)
    ]
    assert {address for address, _ in tables} == set(everything) - {
        "/definitions/",
        "/moved/",
        everything[-2],
    }
    assert [at for at, table in tables if table.count("<caption") != 1] == []
    assert [
        (at, heading)
        for at, table in tables
        for heading in re.findall(r"<th\b[^>]*>", table)
        if not re.search(r'scope="(col|row)"', heading)
    ] == []


def test_every_row_of_a_table_has_as_many_cells_as_there_are_headings(
    reader, everything
):
    uneven = []
    for address in everything:
        for table in re.findall(r"<table.*?</table>", reader.get(address).text, re.S):
            widths = {
                len(re.findall(r"<t[hd]\b", row))
                for row in re.findall(r"<tr.*?</tr>", table, re.S)
            }
            if len(widths) != 1:
                uneven.append((address, widths))

    assert uneven == []


def test_every_page_has_one_heading_one_main_part_and_its_own_title(reader, everything):
    texts = [reader.get(address).text for address in everything]

    titles = [re.findall(r"<title>(.*?)</title>", text) for text in texts]
    assert {(text.count("<h1>"), text.count("<main")) for text in texts} == {(1, 1)}
    assert len({title for (title,) in titles}) == len(everything)


def test_every_name_on_a_page_is_given_once_and_every_reference_is_there(
    reader, everything
):
    lost = []
    for address in everything:
        text = reader.get(address).text
        names = re.findall(r'\sid="([^"]+)"', text)
        asked = re.findall(r'\s(?:aria-labelledby|for)="([^"]+)"', text)
        lost += [(address, name) for name in asked if names.count(name) != 1]
        lost += [(address, name) for name in names if names.count(name) != 1]

    assert lost == []


def test_a_number_somebody_is_known_by_is_written_without_commas(reader):
    shop = make.storefront("shore")
    build = Build.objects.create(
        pk=1_234_567, state=Build.State.PUBLISHED, made_at=published.AT,
        data_moment=published.AT, identity_moment=published.AT, digest="",
    )  # fmt: skip
    published.reading("customers", 90, of=shop, by=build)
    night = Night.objects.create(
        pk=7_654_321, started_at=published.AT, ended_at=published.AT, state="done"
    )

    texts = [reader.get(at).text for at in (*LISTS, f"/runs/{night.pk}/")]

    assert [text for text in texts if "1,234,567" in text or "7,654,321" in text] == []
    assert "<b>Build 1234567</b>" in texts[0]
    assert texts[3].count("Night 7654321") >= 2


def test_a_segment_is_asked_for_by_its_exact_name(reader):
    # A browser takes the spaces together of an option that has no value of its own.
    build, shop = published.build(), make.storefront("shore")
    for segment, people in (("", 90), ("very  loyal", 40)):
        published.reading(
            "cohort_customers", people, of=shop, by=build, cohort="2026-01",
            segment=segment,
        )  # fmt: skip

    page = reader.get("/cohorts/?segment=very++loyal")

    assert '<option value="very  loyal" selected>very  loyal</option>' in page.text
    assert [row.customers for row in page.context["table"].rows] == ["40"]


def test_names_from_outside_are_text_wherever_they_stand(reader):
    evil = "<script>alert(1)</script>"
    build, system = published.build(), make.system("till", of=make.storefront("shore"))
    Storefront.objects.update(name=evil, generated_note=evil)
    somebody = published.person(published.record(evil, of=system))
    published.buyer(somebody, of=system.storefront, by=build, segment=evil)
    published.reading("customers", 90, of=system.storefront, by=build)
    published.reading(
        "cohort_customers", 90, of=system.storefront, by=build, cohort="2026-01",
        segment=evil,
    )  # fmt: skip
    published.step(evil, of=published.night(), message=evil)

    person = Person.objects.get().public_id
    texts = [reader.get(at).text for at in (*LISTS, f"/people/{person}/")]

    assert [text for text in texts if evil in text] == []
    assert [text.count("&lt;script&gt;") > 0 for text in texts] == [
        True, True, True, True, False, True, True, True, True, False, False, True, True,
    ]  # fmt: skip


def test_every_page_says_what_waits_for_the_reader(client, everything):
    domain = make.domain()
    requests.in_review(requests.kpi(domain), by=make.domain_steward(domain))
    client.force_login(make.owner(domain))

    silent = [
        page
        for page in [*LISTS, *everything]
        if b"waiting for you: </span>1<" not in client.get(page).content
    ]

    assert silent == []
