"""One change from the wish to the mark on the chart, and back, in a real browser."""

import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import override_settings
from django.utils import timezone
from playwright.sync_api import Page, expect

from governance import preview
from governance.models import Domain, Preview, User, Version
from governance.starter import beginning
from reporting import publish
from reporting.models import Annotation, Build, Reading
from tests import make
from tests.browser import seed
from tests.browser.conftest import Look
from tests.reporting import shops

# The KPI, its form; a request as draft, in review, applied, and one that reverts; the
# desk, the chart, what changed, the playbook.
READ = 10
SHOP = "/acquisition/?storefront=stall"


@pytest.fixture(scope="module", autouse=True)
def agreed(served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A shop whose numbers are computed; a registry; a steward and two owners of money."""
    # Those only say what a page looks like; these come from orders.
    Build.objects.update(state=Build.State.SUPERSEDED)
    shops.write(a_stall(), key="stall")
    beginning.begin(at=make.moment("2026-03-01"))
    revenue = Domain.objects.get(key="revenue")
    for name, role, group in (
        ("anna", "data_owner", revenue.owners),
        ("bela", "data_owner", revenue.owners),
        ("stella", "steward", revenue.stewards),
    ):
        user = User.objects.create_user(
            name, password=seed.PASSWORD, first_name=name.title(), last_name="Marsh"
        )
        make.seated(user, role, group)
    with override_settings(SNAPSHOT=tmp_path_factory.mktemp("snapshot")):
        yield


def a_stall() -> shops.Shop:
    """Return a shop of forty who came back after 20, 50 and 100 days."""
    first = make.moment("2025-01-06T10:00")
    return shops.Shop(
        sales=tuple(
            shops.Sale(
                f"buyer-{nth}",
                first + timedelta(days=nth + later),
                lines=((nth + 1) * 1_000_000 + later * 10_000,),
            )
            for nth in range(40)
            for later in (0, 20, 50, 100)
        ),
        touches=tuple(
            shops.Touch(f"buyer-{nth}", first - timedelta(days=1), "email")
            for nth in range(0, 40, 3)
        ),
    )


def up() -> dict[tuple[str, str], Decimal | None]:
    """Compute and publish as the night does; return every number of the shop."""
    now = timezone.now()
    build = publish.publish(build=publish.compute(at=now, night=None), at=now)
    assert build.state == Build.State.PUBLISHED, build.message
    readings = Reading.objects.filter(build=build, storefront__key="stall")
    return {(each.metric, str(each.dimensions)): each.value for each in readings}


def measured() -> None:
    """Measure what waits to be, as the worker does."""
    for asked in Preview.objects.filter(state=Preview.State.ASKED):
        assert preview.measure(preview_id=asked.pk, at=timezone.now()).answer


class Way:
    """Whoever is at a window, and every page they come by."""

    def __init__(self, windows, *, with_script: bool) -> None:
        self.windows, self.with_script = windows, with_script
        # By what the page is and how it stands: axe takes seconds, and reads each once.
        self.faults: dict[tuple[str, str], list[str]] = {}
        self.looks: dict[str, Look] = {}

    def as_(self, name: str) -> Page:
        if name not in self.looks:
            self.looks[name] = self.windows.open(with_script=self.with_script)
            self.looks[name].sign_in(name)
        return self.looks[name].page

    def open(self, name: str, path: str) -> Page:
        page = self.as_(name)
        self.looks[name].open(path)
        self.look(name)
        return page

    def look(self, name: str) -> None:
        """Have axe read the page, which runs where script does."""
        page = self.looks[name].page
        kind = re.sub(r"\d+", "n", page.url)
        stands = page.locator("main .pill").first
        state = stands.inner_text() if stands.count() else ""
        if self.with_script and (kind, state) not in self.faults:
            self.faults[kind, state] = self.looks[name].faults()

    def complaints(self) -> list[str]:
        """Return what any page was found wrong with, or the browser refused."""
        found = [fault for faults in self.faults.values() for fault in faults]
        return found + [
            said for each in self.looks.values() for said in each.complaints
        ]


def asked(way: Way, days: str) -> str:
    """Go from the KPI to a draft of other days, and put it to review; return where."""
    page = way.open("stella", "/dictionary/kpi/ltv_90/")
    page.get_by_role("link", name="Propose a change").click()
    way.look("stella")
    page.get_by_label("Title").fill(f"Measure {days} days")
    page.get_by_label("Reason").fill("Most have come back by then.")
    page.get_by_label("Window in days").fill(days)
    page.get_by_role("button", name="Keep as a draft").click()
    way.look("stella")
    page.get_by_role("button", name="Put it to review").click()
    expect(page.get_by_role("status")).to_have_text("It is in review.")
    return re.sub(r"^https?://[^/]*", "", page.url)


def agreed_to(way: Way, path: str, title: str) -> None:
    """Have it measured, let two owners read what it moves and say yes; put it in force."""
    measured()
    for name in ("anna", "bela"):
        page = way.open(name, "/changes/")
        page.get_by_role("link", name=title, exact=True).first.click()
        expect(page.locator("#numbers")).to_contain_text("numbers move")
        way.look(name)
        page.get_by_role("button", name="Approve").click()
        expect(page.get_by_role("status")).to_have_text("You said yes.")
    page = way.open("stella", path)
    page.get_by_role("button", name="Let it take effect").click()
    expect(page.get_by_role("status")).to_have_text("It has taken effect.")
    way.look("stella")


def number() -> int:
    return Version.objects.current().get(kind="kpi", key="ltv_90").number


def marked(way: Way, *, number: int, window: str) -> None:
    """Read the mark on the page of the numbers, and go on to what it leads to."""
    page = way.open("viewer", SHOP)
    words = f"LTV 90: version {number}, restated"
    column = page.get_by_role("columnheader", name=re.compile("^LTV 90"))
    expect(column.get_by_role("link", name=words)).to_be_visible()
    column.get_by_role("link", name=words).click()
    compared = page.locator("#compared")
    expect(compared).to_contain_text(f"From version {number - 1} to version {number}")
    expect(compared.locator("ins")).to_have_text([f"is now: {window}"])
    way.look("viewer")
    page = way.open("viewer", "/playbook/")
    said = page.locator("article", has=page.get_by_text("ltv_90", exact=True))
    expect(said).to_contain_text(f"{window} days")


# Four people sign in and read a dozen pages, twice; axe takes a second on each.
@pytest.mark.slow
@pytest.mark.parametrize("with_script", [True, False])
def test_a_change_is_seen_agreed_to_marked_on_the_chart_and_taken_back(
    windows, with_script
):
    way = Way(windows, with_script=with_script)
    days = "30" if with_script else "45"
    before, version = up(), number()

    path = asked(way, days)
    agreed_to(way, path, f"Measure {days} days")
    with_it = up()

    moved = {
        metric for (metric, _), value in with_it.items() if value != before[metric, _]
    }
    assert moved == {"ltv_90"}
    marked(way, number=version + 1, window=days)

    page = way.open("stella", path)
    page.get_by_label("Why it must not stand").fill("It was the wrong month.")
    page.get_by_role("button", name="Ask to revert it").click()
    way.look("stella")
    back = re.sub(r"^https?://[^/]*", "", page.url)
    page.get_by_role("button", name="Put it to review").click()
    agreed_to(way, back, f"Revert: Measure {days} days")

    assert up() == before
    marked(way, number=version + 2, window="90")
    told = way.open("viewer", SHOP).locator("#changed").get_by_role("link")
    expect(told.filter(has_text=f"Measure {days} days")).to_have_text(
        [f"Revert: Measure {days} days", f"Measure {days} days"]
    )
    assert Annotation.objects.filter(metric="ltv_90").count() == version + 1
    assert len(way.faults) == (READ if with_script else 0)
    assert way.complaints() == []
