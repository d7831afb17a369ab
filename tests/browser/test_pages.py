"""The site as people meet it: in a real browser, with and without script."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import seed
from tests.browser.agreed import agreed


@pytest.fixture(scope="module", autouse=True)
def definitions(served) -> None:
    agreed()


def test_a_viewer_goes_from_a_channel_to_one_persons_timeline(windows, served):
    look = windows.open()
    look.sign_in("viewer")

    walk(look.page)

    assert look.complaints == []


def test_the_same_way_is_open_without_script(windows, served):
    look = windows.open(with_script=False)
    look.sign_in("viewer")

    walk(look.page)

    assert look.complaints == []


def walk(page: Page) -> None:
    """Read both pages, then go by links from a channel to its people to one of them."""
    expect(page.get_by_role("heading", level=1)).to_have_text("Acquisition to LTV")
    page.get_by_role("link", name="Cohorts").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Cohorts")
    expect(page.get_by_role("rowheader", name="Jan 2017")).to_contain_text(
        "already customers"
    )
    page.get_by_role("link", name="Acquisition to LTV").first.click()
    page.get_by_role("row", name=re.compile("Paid search")).get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("People by Paid search")
    first = page.get_by_role("rowheader").nth(0).get_by_role("link")
    name = first.inner_text()
    first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    expect(page.get_by_role("heading", name="Timeline")).to_be_visible()
    expect(page.get_by_text("Visit by E-mail")).to_be_visible()


@pytest.mark.parametrize("with_script", [True, False])
def test_a_viewer_finds_what_a_field_means_and_what_it_meant_before(
    windows, with_script
):
    look = windows.open(with_script=with_script)
    look.sign_in("viewer")
    page = look.page

    page.get_by_role("link", name="Dictionary").first.click()
    page.get_by_label("Search").fill("inbo")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name="E-mail address").click()
    now = page.locator(".page-title .lede").inner_text()
    page.get_by_role("link", name="as it was").last.click()

    expect(page.get_by_text("This is what held at")).to_be_visible()
    expect(page.locator(".page-title .lede")).not_to_have_text(now)
    assert look.complaints == []


def test_charts_are_drawn_where_script_runs(windows):
    look = windows.open()
    look.sign_in("viewer")

    expect(look.page.locator("[data-chart] canvas")).to_have_count(2)


def test_charts_take_no_room_where_script_does_not_run(windows):
    look = windows.open(with_script=False)
    look.sign_in("viewer")

    expect(look.page.locator("[data-chart]").first).not_to_be_visible()
    expect(look.page.get_by_role("table")).to_be_visible()


def test_a_chart_answers_the_pointer_within_the_policy(windows):
    look = windows.open()
    look.sign_in("viewer")

    look.page.locator("[data-chart] canvas").first.hover()
    look.page.wait_for_timeout(300)

    assert look.complaints == []


def test_who_may_not_enter_the_admin_is_not_sent_there(windows):
    look = windows.open()
    look.sign_in("viewer")
    links = look.page.get_by_role("link", name=re.compile("Review queue|Admin"))

    expect(links).to_have_count(0)


def test_a_steward_goes_from_the_pages_to_the_review_queue(windows):
    look = windows.open()
    look.sign_in("steward")

    look.page.get_by_role("link", name="Review queue").click()

    expect(look.page.get_by_text("Ada Dorn")).to_be_visible()
    assert look.complaints == []


def test_the_colours_chosen_are_kept_for_the_next_page(windows):
    look = windows.open()
    look.sign_in("viewer")
    toggle = look.page.locator("[data-theme-toggle]:visible")

    toggle.click()
    toggle.click()
    look.open("/cohorts/")

    assert look.page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert look.page.evaluate("getComputedStyle(document.body).color") == (
        "rgb(236, 235, 231)"
    )


def test_without_script_there_is_no_button_that_does_nothing(windows):
    look = windows.open(with_script=False)
    look.sign_in("viewer")

    expect(look.page.locator("[data-theme-toggle]:visible")).to_have_count(0)


def test_the_keyboard_comes_to_the_page_past_the_navigation(windows):
    look = windows.open()
    look.sign_in("viewer")

    look.page.keyboard.press("Tab")
    look.page.keyboard.press("Enter")

    assert look.page.evaluate("document.activeElement.id") == "main"


def test_on_a_phone_the_menu_opens_without_script(windows):
    look = windows.open(width=390, with_script=False)
    look.sign_in("viewer")

    look.page.locator("summary", has_text="Menu").click()
    look.page.get_by_role("navigation", name="Menu").get_by_role(
        "link", name="Runs"
    ).click()

    expect(look.page.get_by_role("heading", level=1)).to_have_text("Runs")


def test_on_paper_nothing_is_left_to_press(windows):
    look = windows.open()
    look.sign_in("viewer")

    look.page.emulate_media(media="print")

    expect(look.page.get_by_role("button").locator("visible=true")).to_have_count(0)
    expect(look.page.get_by_role("table")).to_be_visible()


PAGES = [
    "/acquisition/",
    "/acquisition/?storefront=harbour",
    "/attribution/",
    "/attribution/?storefront=harbour",
    "/growth/",
    "/growth/?storefront=harbour&from=2017-01&against=year",
    "/quality/",
    "/campaigns/",
    "/segments/",
    "/health/",
    "/moved/",
    "/cohorts/",
    "/cohorts/?storefront=harbour&measure=value",
    "/people/?storefront=journey&channel=paid_search",
    "the person",
    "/runs/",
    "the night",
    "/sources/",
    "/sources/contacts-crm/contacts/",
    "/sources/contacts-crm/contacts/change/?field=customer.email&field=customer.phone",
    "the trial",
    "/definitions/",
    "/log/",
    "/log/?on=yesterday",
    "/tokens/",
    "/dictionary/",
    "/dictionary/?q=custmer+emial",
    "/dictionary/?as_of=2020-01-01",
    "/dictionary/field/customer.email/",
    "/dictionary/field/order_line.amount/",
    "/dictionary/kpi/ltv_90/?from=1&to=2",
    "/dictionary/channel/email/",
    "/dictionary/import/",
    "/admin/",
    "/admin/governance/storefront/",
    "/admin/identity/person/",
    "/admin/governance/storefront/1/change/",
    "/admin/governance/apitoken/",
    "/review/",
    "/review/held/",
    "/review/events/",
    "the pair",
]


@pytest.mark.slow
@pytest.mark.parametrize("width", [1440, 390])
def test_no_page_shuts_anybody_out(windows, served, width):
    look = windows.open(width=width)
    look.open("/sign-in/")
    faults = {"/sign-in/": in_both_colours(look)}
    look.sign_in("admin")

    for path in PAGES:
        look.open(address(path, served.holds))
        faults[path] = in_both_colours(look)

    assert {path: found for path, found in faults.items() if found} == {}
    assert look.complaints == []


def in_both_colours(look) -> list[str]:
    """Return what is wrong with the page as it is, in dark and in light."""
    found = too_wide(look)
    for colours in ("dark", "light"):
        look.in_colours(colours)
        found += [f"{colours}: {fault}" for fault in look.faults()]
    return found


def too_wide(look) -> list[str]:
    spare = look.width_to_spare()
    return [] if spare >= 0 else [f"scrolls sideways by {-spare} px"]


def address(path: str, holds: seed.Site) -> str:
    if path == "the person":
        return f"/people/{holds.somebody.public_id}/"
    if path == "the night":
        return f"/runs/{holds.night.pk}/"
    if path == "the trial":
        return f"/sources/{holds.trial.stream}/trials/{holds.trial.pk}/"
    if path == "the pair":
        return f"/review/{holds.pair.pk}/"
    return path.replace("/1/", f"/{holds.real.pk}/")


def test_a_fault_would_be_found(windows):
    """The proof that the proofs above can fail: an image nobody can hear of."""
    look = windows.open()
    look.sign_in("viewer")

    look.page.evaluate(
        "document.querySelector('main').append(document.createElement('img'))"
    )
    look.page.evaluate("document.body.setAttribute('style', 'color: red')")
    look.page.wait_for_timeout(200)

    assert [fault.split(":")[0] for fault in look.faults()] == ["image-alt"]
    assert [said.split()[0] for said in look.complaints if "style-src" in said] != []
