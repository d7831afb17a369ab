"""The page of values that join nobody, in a real browser."""

import pytest
from playwright.sync_api import expect

from governance.models import User
from governance.starter import beginning
from identity.models import QuarantinedValue
from tests import published


@pytest.fixture(scope="module", autouse=True)
def set_aside(served) -> None:
    """Two crowds, and the number of a till that a steward set aside."""
    beginning.begin(at=published.AT)
    for kind, value, records, surnames in (
        ("email", "reservations.and.enquiries@grandhotel-harbour.example", 1412, 907),
        ("phone", "+442079460123", 48, 31),
    ):
        QuarantinedValue.objects.create(
            storefront=served.holds.made_up, kind=kind, value=value, why="crowded",
            records=records, surnames=surnames, since=published.AT,
        )  # fmt: skip
    QuarantinedValue.objects.create(
        storefront=served.holds.real, kind="phone", value="+12125550123",
        why="steward", by=User.objects.get(username="steward"), records=9, surnames=7,
        reason="The till types it when somebody does not want to say theirs.",
        since=published.AT,
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("width", "with_script"), [(1440, True), (390, False)])
def test_one_click_drafts_the_request_that_blocks_a_value(windows, width, with_script):
    look = windows.open(width=width, with_script=with_script)
    look.sign_in("steward")
    page = look.page

    look.open("/review/shared/")
    faults = []
    for colours in ("light", "dark") if with_script else ():
        look.in_colours(colours)
        faults += look.faults()
    room = look.width_to_spare() >= 0 if with_script else True
    page.get_by_role("button", name="Ask to block +442079460123").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Block 1 shared value")
    assert (faults, room, look.complaints) == ([], True, [])
