"""A definition is changed, decided on by two, and asked back, in a real browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from governance.models import Domain, User
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
        user.groups.add(make.Group.objects.get(name=role), group)
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
    return re.sub(r"^https?://[^/]*", "", page.url)


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
