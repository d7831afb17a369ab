"""Definitions leave as a file and come back as a request, in a real browser."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from governance.starter import beginning
from tests import published

MORE = """\
- {kind: channel, key: postcards, domain: marketing, says: {name: Postcards, position: 40}}
- {kind: channel, key: pigeons, domain: nowhere, says: {name: Pigeons, position: first}}
"""


@pytest.fixture(scope="module", autouse=True)
def definitions(served) -> None:
    beginning.begin(at=published.AT)


def exported(page: Page, tmp_path: Path) -> Path:
    """Export the channels, and say one of them otherwise, add one, and one that is wrong."""
    page.get_by_role("link", name=re.compile("^Channel ")).first.click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Export as YAML").click()
    path = tmp_path / download.value.suggested_filename
    text = Path(download.value.path()).read_text()
    path.write_text(
        re.sub("name: Paid search\n", "name: Search, paid for\n", text) + MORE
    )
    return path


def try_out(page: Page, path: Path) -> None:
    page.get_by_role("link", name="Import", exact=True).click()
    page.get_by_label("YAML or CSV").set_input_files(path)
    page.get_by_role("button", name="Try it out").click()


# A file is fetched, changed, tried out and asked for, and axe looks at each page.
@pytest.mark.slow
@pytest.mark.parametrize(("width", "with_script"), [(1440, True), (390, False)])
def test_a_steward_exports_changes_a_file_and_asks_for_it(
    windows, tmp_path, width, with_script
):
    look = windows.open(width=width, with_script=with_script)
    look.sign_in("steward")
    page = look.page

    look.open("/dictionary/")
    path = exported(page, tmp_path)
    faults = look.faults() if with_script else []
    try_out(page, path)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Dry run")
    for colours in ("light", "dark") if with_script else ():
        look.in_colours(colours)
        faults += look.faults()
    assert (faults, look.width_to_spare() >= 0) == ([], True)
    page.get_by_label("Reason").fill("The agency names them so.")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Write one request of 2 definitions").click()

    expect(page.get_by_role("status")).to_have_text(re.compile("Your draft is kept"))
    expect(page.get_by_role("heading", level=2, name="Channel postcards")).to_be_visible()  # fmt: skip
    assert look.complaints == []
