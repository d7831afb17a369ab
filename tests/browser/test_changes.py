"""A definition is changed, decided on by two, and asked back, in a real browser."""

import re

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from governance.models import ChangeRequest, Domain, User
from tests import make
from tests.browser import seed
from tests.governance import requests


@pytest.fixture(scope="module")
def revenue(served) -> Domain:
    """A domain with one KPI, two owners, a steward, and a request of somebody else."""
    domain = make.domain("revenue")
    # Made up with the browser's own accounts, which sign in with a password.
    for name, role, group in (
        ("anna", "data_owner", domain.owners),
        ("bela", "data_owner", domain.owners),
        ("stella", "steward", domain.stewards),
    ):
        user = User.objects.create_user(
            name, password=seed.PASSWORD, first_name=name.title(), last_name="Marsh"
        )
        make.seated(user, role, group)
    requests.applied(requests.kpi(domain), domain=domain)
    for days in (30, 45):
        requests.in_review(
            requests.kpi(domain, f"ltv_{days}", window_days=days),
            by=make.domain_steward(domain),
        )
    return domain


# Three people sign in, read and press, as many pages as it takes.
@pytest.mark.slow
@pytest.mark.parametrize("with_script", [True, False])
def test_a_steward_asks_two_owners_say_yes_it_holds_and_is_asked_back(
    windows, revenue, with_script
):
    days = "60" if with_script else "75"
    steward = windows.open(with_script=with_script)
    steward.sign_in("stella")

    path = ask(steward.page, days)
    for name in ("anna", "bela"):
        owner = windows.open(with_script=with_script)
        owner.sign_in(name)
        say_yes(owner.page, f"Measure {days} days")
        assert owner.complaints == []
    steward.open(path)
    steward.page.get_by_role("button", name="Let it take effect").click()
    expect(steward.page.get_by_role("status")).to_have_text("It has taken effect.")

    number = 2 if with_script else 3
    steward.open("/dictionary/kpi/ltv_90/")
    expect(steward.page.locator("main")).to_contain_text(
        re.compile(f"version {number}", re.IGNORECASE)
    )
    steward.open(path)
    steward.page.get_by_label("Why it must not stand").fill("It doubled.")
    steward.page.get_by_role("button", name="Ask to revert it").click()
    expect(steward.page.get_by_role("heading", level=1)).to_have_text(
        f"Revert: Measure {days} days"
    )
    steward.page.get_by_role("button", name="Withdraw it").click()
    assert steward.complaints == []


def ask(page: Page, days: str) -> str:
    """Go from the navigation to a draft of other days, put it to review; return where."""
    page.get_by_role("link", name=re.compile("^Changes")).first.click()
    page.get_by_role("link", name="Ask for a change").click()
    page.get_by_label("Kind").select_option("kpi")
    page.get_by_label("Key").fill("ltv_90")
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Title").fill(f"Measure {days} days")
    page.get_by_label("Reason").fill("Most come back by then.")
    page.get_by_label("Window in days").fill(days)
    page.get_by_role("button", name="Keep as a draft").click()
    expect(page.locator("ins")).to_have_text([days])
    page.get_by_role("button", name="Put it to review").click()
    expect(page.get_by_role("status")).to_have_text("It is in review.")
    path = re.sub(r"^https?://[^/]*", "", page.url)
    # No worker runs here who would measure what it does.
    requests.as_measured(ChangeRequest.objects.get(pk=path.split("/")[2]))
    return path


def say_yes(page: Page, title: str) -> None:
    page.get_by_role(
        "link", name=re.compile("^Changes.*waiting for you: 3")
    ).first.click()
    page.get_by_role("link", name=title).click()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("status")).to_have_text("You said yes.")


# Looking for faults takes axe a second on each page.
@pytest.mark.slow
@pytest.mark.parametrize(("width", "colours"), [(1440, "light"), (390, "dark")])
def test_the_pages_of_changes_are_without_fault(windows, revenue, colours, width):
    look = windows.open(width=width, colours=colours)
    look.sign_in("anna")
    found = {}

    for path in paths(revenue):
        look.open(path)
        faults = look.faults()
        if faults or look.width_to_spare() < 0:
            found[path] = (faults, look.width_to_spare())

    assert found == {}
    assert look.complaints == []


def paths(domain: Domain) -> list[str]:
    operations = domain.operations.filter(key__in=["ltv_30", "ltv_90"])
    asked = {each.revision.request_id for each in operations}
    return [
        "/changes/",
        "/changes/all/",
        "/changes/new/?kind=kpi&key=ltv_90",
        *(f"/changes/{each}/" for each in sorted(asked)[:1]),
    ]


@pytest.fixture
def reading(windows, revenue):
    """The first of the requests that wait for an owner, as they read it."""
    look = windows.open()
    client = Client()
    client.force_login(User.objects.get(username="anna"))
    session = client.cookies["sessionid"].value
    look.page.context.add_cookies(
        [{"name": "sessionid", "value": session, "url": look.address}]
    )
    look.open(waiting(revenue)[0])
    yield look
    assert look.complaints == []


def waiting(domain: Domain) -> list[str]:
    """Return where the requests are that wait for the owners, in the order of the desk."""
    asked = domain.operations.filter(key__in=["ltv_30", "ltv_45"]).order_by("pk")
    return [f"/changes/{each.revision.request_id}/" for each in asked]


def where(page: Page) -> str:
    """Return what has the focus: its words, or its name where it is to be filled in."""
    return str(
        page.evaluate(
            "(document.activeElement.matches('textarea') && document.activeElement.id)"
            " || document.activeElement.textContent.trim()"
        )
    )


def test_keys_lead_to_the_buttons_and_press_none(reading):
    page, address = reading.page, reading.page.url
    led = []

    for key in ("a", "c", "a", "r"):
        page.keyboard.press(key)
        led.append(where(page))
        page.evaluate("document.activeElement.blur()")

    assert led == ["Approve", "decide-words"] * 2
    assert (page.url, page.get_by_label("Your words on").input_value()) == (address, "")


def test_with_words_written_a_key_leads_to_the_button_itself(reading):
    page = reading.page
    page.get_by_label("Your words on").fill("Which calendar?")
    page.evaluate("document.activeElement.blur()")

    page.keyboard.press("c")

    assert where(page) == "Request changes"


def test_no_key_does_anything_while_one_types_or_holds_another(reading):
    page, address = reading.page, reading.page.url
    words = page.get_by_label("Your words on")
    words.press_sequentially("a crj?")
    page.evaluate("document.activeElement.blur()")
    before = where(page)

    for key in ("Control+a", "Alt+a", "Meta+a", "Shift+A"):
        page.keyboard.press(key)
    page.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent("
        "'keydown', {key: 'a', repeat: true, bubbles: true}))"
    )

    assert (words.input_value(), page.url, where(page)) == ("a crj?", address, before)
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_keys_go_to_the_next_request_and_back(reading):
    page, address = reading.page, reading.page.url

    page.keyboard.press("j")
    page.wait_for_url(lambda url: url != address)
    page.keyboard.press("k")

    page.wait_for_url(address)


def test_keys_are_shown_switched_off_and_stay_so(reading):
    page, address = reading.page, reading.page.url
    page.keyboard.press("?")
    faults = reading.faults()
    page.get_by_role("switch").click()
    page.keyboard.press("Escape")
    page.reload()

    for key in ("a", "?", "j"):
        page.keyboard.press(key)

    assert (faults, page.url, where(page) == "Approve") == ([], address, False)
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="Keys").click()
    page.get_by_role("switch", name="Keys are off: switch them on").click()
    page.get_by_role("button", name="Close").click()
    page.keyboard.press("a")
    assert where(page) == "Approve"


def test_without_script_there_are_links_and_no_keys(windows, revenue):
    look = windows.open(with_script=False)
    look.sign_in("anna")
    look.open(waiting(revenue)[0])

    expect(look.page.get_by_role("link", name="Next for you")).to_be_visible()
    expect(look.page.get_by_role("button", name="Keys")).to_have_count(0)
