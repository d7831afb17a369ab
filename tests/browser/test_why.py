"""Why somebody is one person, in a real browser: read, asked and undone by a steward."""

import pytest
from playwright.sync_api import expect

from identity import ledger
from identity.models import MatchCandidate, Person
from identity.stitching import stitch
from reporting.models import Build, Restatement, Restating
from tests import make

MONDAY, TUESDAY = make.moment("2026-03-02"), make.moment("2026-03-03")
WEIGHTS = [
    ("prior", "", -14.6, "Two records at random are hardly ever one person."),
    ("last", "equal, rare", 8.5, "Last: equal, rare."),
    ("birth", "equal", 9.25, "Birth: equal."),
    ("first", "alike", 2.75, "First: alike."),
    ("phone", "differs", -1.5, "Phone: differs."),
]


@pytest.fixture(scope="module")
def somebody(served) -> Person:
    """Return somebody of four records that a rule and a steward have joined."""
    shop = make.system("harbour-till", of=make.storefront("harbour-till"))
    steward = make.user(role="steward")
    first = make.record(
        "Ada Lovelace", of=shop, source_id="4711", email="ada@example.com"
    )
    for number in ("g-17", "g-23"):
        make.record(
            "Ada King", of=shop, source_id=number, email="ada@example.com",
            is_guest=True,
        )  # fmt: skip
    other = make.record("Adah Lovelace", of=shop, source_id="g-90", is_guest=True)
    make.record("Ida Byron", of=shop, source_id="4712", email="ada@example.com")
    stitch(at=MONDAY)
    people = ledger.people_of(record_ids=[first.pk, other.pk])
    pair = MatchCandidate.objects.create(
        left=first, right=other, evidence="Several things they share, weighed together.",
        guard="The weights do not settle it.", found_at=MONDAY, evidence_digest="d",
        model_version="3f6c1d0a9b8e", policy_version="77aa01c5d2",
        waterfall=[
            dict(zip(("feature", "level", "bits", "sentence"), one, strict=True))
            for one in WEIGHTS
        ],
    )  # fmt: skip
    [merge] = ledger.merge(
        people=people.values(), by=steward, at=TUESDAY,
        reason="Wrote from the same address, and says it is her.",
        evidence={"pair": pair.pk, "digest": "d"},
    )  # fmt: skip
    made = Restating.objects.create(
        of="event", event=merge.event, state="measured", looked_at=214,
        build_after=Build.objects.get(state="published"), asked_at=TUESDAY,
        measured_at=TUESDAY,
    )  # fmt: skip
    for metric, before, after in (("customers", 412, 411), ("ltv_90", "61.2", "61.35")):
        Restatement.objects.create(
            restating=made, storefront=shop.storefront, metric=metric, before=before,
            after=after, n_before=412, n_after=411,
        )  # fmt: skip
    assert merge.kept is not None
    return merge.kept


def path(person: Person) -> str:
    return f"/review/people/{person.public_id}/?not=harbour-till/4712"


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_the_page_has_no_fault_in_any_colour_or_width(
    windows, somebody, width, colours
):
    look = windows.open(width=width, colours=colours)
    look.sign_in("steward")
    look.open(path(somebody))
    for summary in look.page.locator("details:not(.top details) > summary").all():
        if summary.is_visible():
            summary.click()

    assert look.faults() == []
    assert look.width_to_spare() >= 0
    assert look.complaints == []


def test_a_steward_without_script_finds_the_way_and_undoes_the_merge(windows, somebody):
    look = windows.open(with_script=False)
    look.sign_in("steward")
    page = look.page
    look.open(path(somebody))
    expect(page.get_by_text("The first names differ.").first).to_be_visible()

    page.get_by_label("To", exact=True).select_option(
        label="Ada King · Harbour-Till g-17"
    )
    page.get_by_role("button", name="Show the way").click()
    expect(page.locator(".why-way li")).to_have_count(2)

    page.get_by_text("Undo this merge").click()
    page.locator(".why-events").get_by_label("Why").fill("Her sister.")
    page.get_by_role("button", name="Undo it").click()

    expect(page.get_by_text("No rule joins the two again.")).to_be_visible()
    expect(page.locator("h1")).to_have_text("Why is this one person?")
    expect(page.get_by_text("Her sister.").first).to_be_visible()
