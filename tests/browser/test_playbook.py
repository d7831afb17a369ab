"""The playbook and a health review, in a real browser: read, signed, and printed."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from governance import reviews
from governance.models import Domain, HealthReview, User
from tests import make
from tests.browser import seed
from tests.browser.agreed import agreed
from tests.browser.test_pages import in_both_colours


@pytest.fixture(scope="module")
def review(served) -> HealthReview:
    """The review of this quarter, and an owner who signs in with a password."""
    agreed()
    owner = User.objects.create_user(
        "olive", password=seed.PASSWORD, first_name="Olive", last_name="Marsh"
    )
    group = Domain.objects.get(key="customer").owners
    make.seated(owner, "data_owner", group)
    [opened] = reviews.open_due(at=reviews.next_quarter(at=timezone.now()))
    return opened


# Chromium looks at long pages twice, for each of two widths.
@pytest.mark.slow
@pytest.mark.parametrize("width", [1440, 390])
def test_neither_the_playbook_nor_a_review_shuts_anybody_out(windows, review, width):
    look = windows.open(width=width)
    look.sign_in("olive")
    faults = {}

    for path in (
        "/playbook/",
        "/playbook/?as_of=2020-01-01",
        "/playbook/changes/?from=2020-01-01",
        "/playbook/reviews/",
        f"/playbook/reviews/{review.pk}/",
        "/changes/",
    ):
        look.open(path)
        faults[path] = in_both_colours(look)

    assert {path: found for path, found in faults.items() if found} == {}
    assert look.complaints == []


def test_an_owner_signs_agrees_and_ticks_off_without_a_script(windows, review):
    look = windows.open(with_script=False)
    look.sign_in("olive")
    page = look.page
    look.open("/playbook/")

    page.get_by_role("link", name="Health reviews").click()
    page.get_by_role("link", name=review.title).click()
    page.get_by_label("How Customers stands").fill("Two rules were added; all is well.")
    page.get_by_role("button", name="Sign for Customers").click()
    expect(page.get_by_role("status")).to_have_text("You have signed.")
    page.get_by_label("What is to be done").fill("Ask who reads the tax note")
    page.get_by_label("Who", exact=True).select_option(label="olive")
    page.get_by_role("button", name="Write it down").click()
    expect(page.get_by_role("status")).to_have_text("It is written down.")
    page.get_by_role("button", name="Done").click()

    expect(page.get_by_role("status")).to_have_text("It is ticked off.")
    expect(page.get_by_text("Two rules were added; all is well.")).to_be_visible()
    expect(page.get_by_role("button", name="Sign for")).to_have_count(0)
    assert look.complaints == []


def test_on_paper_the_playbook_has_a_cover_and_nothing_to_press(windows, review):
    look = windows.open()
    look.sign_in("viewer")
    look.open("/playbook/")
    cover = look.page.locator(".cover")
    expect(cover).to_be_hidden()

    look.page.emulate_media(media="print")

    expect(cover).to_be_visible()
    expect(look.page.get_by_role("navigation", name="Contents")).to_be_visible()
    for name in ("navigation", "button", "textbox"):
        left = look.page.get_by_role(name).locator("visible=true")
        expect(left).to_have_count(1 if name == "navigation" else 0)


def test_the_printed_playbook_is_on_a4_with_a_page_per_chapter(windows, review):
    look = windows.open()
    look.sign_in("viewer")
    look.open("/playbook/")

    printed = look.page.pdf(prefer_css_page_size=True)

    # A4 in points, as the file says of its pages.
    assert b"/MediaBox [0 0 594.95996 841.91998]" in printed
    assert printed.count(b"/Type /Page\n") > 12
