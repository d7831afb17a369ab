"""Chromium, and a site for it to look at."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests import databases
from tests.browser import seed

AXE = Path(__file__).resolve().parent.parent / "vendor" / "axe" / "axe.min.js"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).resolve().parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@dataclass
class Look:
    """One window: what it shows, and what went wrong while it did."""

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        answer = self.page.goto(self.address + path)
        assert answer is not None and answer.status == 200, (path, answer)

    def sign_in(self, name: str) -> None:
        self.open("/sign-in/")
        self.page.get_by_label("Name").fill(name)
        self.page.get_by_label("Password").fill(seed.PASSWORD)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url("**/acquisition/")

    def faults(self) -> list[str]:
        """Return what axe finds on the page as it is now, one sentence each."""
        # Evaluated by the debugger: the page's own policy refuses foreign scripts.
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE.read_text())
        # What passed is not told node by node: that takes the longer part of the time.
        found = self.page.evaluate("axe.run({resultTypes: ['violations']})")
        return [
            f"{rule['id']}: {node['target']} {node['failureSummary']}"
            for rule in found["violations"]
            for node in rule["nodes"]
        ]

    def in_colours(self, colours: Literal["light", "dark"]) -> None:
        """Show the same page in other colours, and wait until it has changed into them."""
        self.page.emulate_media(color_scheme=colours)
        self.page.evaluate(
            "Promise.allSettled(document.getAnimations().map(each => each.finished))"
            ".then(() => null)"
        )

    def width_to_spare(self) -> int:
        """Return how far the page is from having to be scrolled sideways."""
        return int(
            self.page.evaluate("innerWidth - document.documentElement.scrollWidth")
        )


@pytest.fixture(scope="module")
def browser(django_db_setup: None) -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("There is no Chromium here: apt-get install chromium.")
    # Playwright keeps an event loop in this thread, which Django takes for async code.
    with pytest.MonkeyPatch.context() as environment, sync_playwright() as playwright:
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "yes")
        started = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield started
        started.close()


@dataclass(frozen=True)
class Served:
    """A running site, and what is in it."""

    address: str
    holds: seed.Site


@pytest.fixture(scope="module")
def served(
    browser: Browser, django_db_setup: None, django_db_blocker: object, worker_id: str
) -> Iterator[Served]:
    """A site of the module's own: its server is another thread, so its rows are committed."""
    name = f"test_browser_{worker_id}_{id(browser)}"
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        databases.copy(name)
        with databases.working_in(name):
            holds = seed.site()
            server = LiveServerThread("localhost", StaticFilesHandler)
            server.daemon = True
            server.start()
            server.is_ready.wait()
            if server.error:
                raise server.error
            yield Served(f"http://localhost:{server.port}", holds)
            server.terminate()
        databases.drop(name)


class Windows:
    """Opens windows on the site, and hears what each complains of."""

    def __init__(self, browser: Browser, served: Served) -> None:
        self.browser, self.served = browser, served
        self.opened: list[BrowserContext] = []

    def open(
        self, *, width: int = 1440, colours: str = "light", with_script: bool = True
    ) -> Look:
        context = self.browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=colours,  # type: ignore[arg-type]
            java_script_enabled=with_script,
            reduced_motion="reduce",
        )
        self.opened.append(context)
        look = Look(context.new_page(), self.served.address)
        if with_script:
            context.expose_function(
                "complain", lambda said: look.complaints.append(said)
            )
            context.add_init_script(
                "addEventListener('securitypolicyviolation', event => complain("
                "`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`))"
            )
        look.page.on(
            "console",
            lambda said: (
                look.complaints.append(said.text) if said.type == "error" else None
            ),
        )
        look.page.on("pageerror", lambda error: look.complaints.append(str(error)))
        return look


@pytest.fixture
def windows(browser: Browser, served: Served) -> Iterator[Windows]:
    made = Windows(browser, served)
    yield made
    for context in made.opened:
        context.close()
