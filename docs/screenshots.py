"""Take the pictures of the README from a running site.

    python docs/screenshots.py http://localhost:8000 viewer PASSWORD docs/pictures

Needs Chromium. Every page is taken in both colours, as wide as a desk and as a phone.
"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

PAGES = {
    "growth": "/growth/",
    "quality": "/quality/",
    "health": "/health/",
    "acquisition": "/acquisition/",
    "cohorts": "/cohorts/",
    "people": "/people/",
    "runs": "/runs/",
    "definitions": "/definitions/",
    "dictionary": "/dictionary/",
    "field": "/dictionary/field/customer.email/",
}
WIDTHS = {"desk": (1440, 900), "phone": (390, 844)}


def main(address: str, name: str, password: str, folder: str) -> None:
    """Sign in and take every picture."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("There is no Chromium here: apt-get install chromium.")
    taken = Path(folder)
    taken.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        for width, (across, down) in WIDTHS.items():
            for colours in ("light", "dark"):
                page = browser.new_page(
                    viewport={"width": across, "height": down},
                    color_scheme=colours,  # type: ignore[arg-type]
                    reduced_motion="reduce",
                )
                sign_in(page, address, name, password)
                for picture, path in PAGES.items():
                    take(page, address + path, taken / f"{picture}-{width}-{colours}")
                page.goto(f"{address}/people/")
                page.get_by_role("rowheader").get_by_role("link").first.click()
                take(page, page.url, taken / f"person-{width}-{colours}")
                page.close()
        browser.close()


def sign_in(page: Page, address: str, name: str, password: str) -> None:
    page.goto(f"{address}/sign-in/")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/acquisition/")


def take(page: Page, address: str, picture: Path) -> None:
    page.goto(address)
    page.evaluate("document.fonts.ready")
    # Charts are drawn after the page is there.
    page.wait_for_timeout(400)
    page.screenshot(path=picture.with_suffix(".png"))


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
