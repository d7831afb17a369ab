"""What nights were held at and what was done to who is who, in a real browser."""

import pytest
from playwright.sync_api import expect

from governance.models import User
from identity import ledger
from identity.models import HeldRun, IdentityEvent
from measurement.models import CustomerRecord
from tests import make
from tests.identity.settled import day, merge, records, settle, someone

STRICT = ledger.Breaker(share=0.0, floor=2, largest=6)


@pytest.fixture(scope="module", autouse=True)
def done(served) -> IdentityEvent:
    """A merge by a steward, and a night that was stopped at two more."""
    steward = User.objects.get(username="steward")
    make.seated(steward, "steward", make.domain("customer").owners)
    merged = merge(someone(2), someone(1), by=steward, at=day(1)).event
    one, other, third, fourth = (records(someone(2)) for _ in range(4))
    settle(
        [[*one, *other], [*third, *fourth]], at=day(2), breaker=STRICT, run="night 7"
    )
    CustomerRecord.objects.filter(first_name="").update(
        first_name="Margarethe", last_name="Hollis-Castell",
        email="margarethe.hollis-castell@northmail.example", phone="+442079460123",
    )  # fmt: skip
    return merged


@pytest.mark.slow
@pytest.mark.parametrize(("width", "with_script"), [(1440, True), (390, True)])
def test_what_was_done_is_read_and_an_owner_lets_a_night_pass(
    windows, done, width, with_script
):
    look = windows.open(width=width, with_script=with_script)
    look.sign_in("steward")
    faults, room = [], []

    for path in (
        "/review/events/",
        f"/review/events/{done.public_id}/",
        "/review/held/",
    ):
        look.open(path)
        for colours in ("light", "dark"):
            look.in_colours(colours)
            faults += look.faults()
        room.append(look.width_to_spare())

    assert (faults, [spare for spare in room if spare < 0], look.complaints) == (
        [], [], [],
    )  # fmt: skip


@pytest.mark.slow
def test_an_owner_lets_a_night_pass_without_javascript(windows):
    look = windows.open(width=390, with_script=False)
    look.sign_in("steward")

    look.open("/review/held/")
    look.page.get_by_label("Why it may pass").fill("Two shops were joined.")
    look.page.get_by_role("button", name="Let it pass").click()

    expect(look.page.get_by_text("Two shops were joined.")).to_be_visible()
    assert HeldRun.objects.get().passed_by == User.objects.get(username="steward")
