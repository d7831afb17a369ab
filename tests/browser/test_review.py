"""A steward works through the queue by keyboard, and with no script at all."""

from datetime import timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from governance.models import User
from identity import queue
from identity.models import Answer, MatchCandidate
from measurement.models import ConsentEvent, LifecycleStage
from tests import make, published
from tests.browser import seed

STEPS = [
    ("email", "equal", 7.4, "The same e-mail address, which two records have."),
    ("last_name", "equal", 5.9, "The same last name, which 0.2% have."),
    ("phone", "missing", 0.0, "One of the two gives no phone."),
    ("address", "alike", 2.6, "The same street, and another number."),
    ("first_name", "other", -4.8, "Ada and Tom are no forms of one name."),
    ("birth_on", "other", -6.2, "Born in different years."),
]
FIRST = ("Ada", "Grace", "Mary", "Joan", "Edith", "Vera", "Nora")
LAST = ("Dorn", "Okafor", "Lindqvist", "Marchetti", "Hale", "Petrov", "Sato", "Alvarez")


@pytest.fixture(scope="module")
def pairs(served) -> list[MatchCandidate]:
    """Thirty pairs that wait, with all there is to see of each, and another steward."""
    other = User.objects.create_user("other", password=seed.PASSWORD, is_staff=True)
    make.seated(other, "steward")
    crm = make.system("letters", of=served.holds.real)
    return [_pair(crm, number) for number in range(30)]


def _pair(crm, number: int) -> MatchCandidate:
    first, last = FIRST[number % len(FIRST)], LAST[number % len(LAST)]
    mail = f"{last.lower()}@example.com"
    left = published.record(
        f"{first} {last}", of=crm, email=mail, phone="+1 212 555 0148"
    )
    right = published.record(f"Tom {last}", of=crm, email=mail)
    for record, house in ((left, 3), (right, 5)):
        record.street, record.city = f"{number + house} Mill Lane", "Albany"
        record.save()
    pair = make.candidate(left, right)
    pair.waterfall = [
        queue.Step(feature=name, level=level, bits=bits, sentence=said)
        for name, level, bits, said in STEPS
    ]
    nth = number % 30
    pair.score, pair.value_at_risk = 0.31 + nth / 50, Decimal(40 * nth + 12)
    pair.found_at = published.AT - timedelta(days=nth)
    # Three of each evidence, so that there are batches.
    pair.evidence_digest, pair.impact = f"read {number % 10}", 2 + number % 5
    pair.pattern = f"email equal; last equal, rare; first other; number {number % 10}"
    pair.evidence = "The same e-mail address and the same last name."
    pair.guard = "The first names are forms of no one name."
    pair.save()
    make.order(left, published.AT - timedelta(days=40), source_id=f"L{number}")
    make.order(right, published.AT - timedelta(days=9), source_id=f"R{number}")
    LifecycleStage.objects.create(
        customer=left, started_at=published.AT - timedelta(days=50), stage="lead", run=1
    )
    for record, state in ((left, "granted"), (right, "withdrawn")):
        ConsentEvent.objects.create(
            customer=record, purpose="newsletter", channel="email", state=state,
            at=published.AT - timedelta(days=30), run=1,
        )  # fmt: skip
    return pair


@pytest.fixture(autouse=True)
def nobody_has_claimed(pairs):
    MatchCandidate.objects.update(claimed_by=None, claimed_until=None)


def begun(windows, name: str = "steward", **window):
    """Return a window with the first pair claimed in it."""
    look = windows.open(**window)
    look.sign_in(name)
    look.open("/review/")
    look.page.get_by_role("button", name="Read the next pair").press("Enter")
    look.page.wait_for_url("**/review/*/")
    return look


def told() -> list[str]:
    return list(Answer.objects.order_by("pk").values_list("said", flat=True))


def press(look, key: str) -> None:
    """Press a key, and wait for the page it leads to."""
    with look.page.expect_navigation():
        look.page.keyboard.press(key)


def test_a_steward_claims_decides_twenty_and_takes_one_back_by_keyboard(windows):
    look = begun(windows)
    before = len(told())

    for number in range(20):
        press(look, "nhc"[number % 3])
    press(look, "u")

    assert told()[before:] == ["not_same", "household", "cant_tell"] * 6 + [
        "not_same", "household", "undone",
    ]  # fmt: skip
    expect(look.page.get_by_role("status")).to_have_text("Taken back: same household.")
    assert look.complaints == []


def test_a_key_that_is_held_down_answers_once(windows):
    look = begun(windows)
    before = len(told())

    with look.page.expect_navigation():
        look.page.keyboard.down("n")
        for _ in range(5):
            look.page.keyboard.down("n")
    for _ in range(5):
        look.page.keyboard.down("n")
    look.page.wait_for_timeout(300)
    look.page.keyboard.up("n")

    assert told()[before:] == ["not_same"]


def test_a_double_click_answers_once(windows):
    look = begun(windows)
    before = len(told())

    with look.page.expect_navigation():
        look.page.get_by_role("button", name="Not the same N").dblclick(
            no_wait_after=True
        )
    look.page.wait_for_timeout(300)

    assert told()[before:] == ["not_same"]


def test_a_second_steward_is_given_another_pair(windows):
    one, other = begun(windows), begun(windows, "other")

    assert one.page.url != other.page.url


@pytest.mark.parametrize("held", ["Control+m", "Alt+m", "Shift+M"])
def test_a_key_pressed_with_another_answers_nothing(windows, held):
    look = begun(windows)
    before = len(told())

    look.page.keyboard.press(held)
    look.page.wait_for_timeout(200)

    assert told()[before:] == []


def test_letters_typed_into_a_field_answer_nothing(windows):
    look = begun(windows)
    before = len(told())

    look.page.get_by_label("Why").click()
    look.page.keyboard.type("mnhc")
    look.page.keyboard.press("Enter")
    look.page.wait_for_timeout(200)

    assert look.page.get_by_label("Why").input_value() == "mnhc"
    assert told()[before:] == []


def test_keys_are_switched_off_and_stay_so(windows):
    look = begun(windows)
    before = len(told())

    look.page.keyboard.press("?")
    look.page.get_by_role("switch").click()
    look.page.get_by_role("button", name="Close").click()
    look.page.keyboard.press("n")
    look.page.reload()
    look.page.keyboard.press("n")
    look.page.wait_for_timeout(200)

    assert told()[before:] == []


def test_a_pair_is_held_by_keyboard(windows):
    look = begun(windows)
    before = len(told())

    look.page.keyboard.press("l")
    expect(look.page.get_by_label("Until")).to_be_focused()
    with look.page.expect_navigation():
        look.page.keyboard.press("Enter")

    assert told()[before:] == ["hold"]


def test_one_goes_on_and_back_by_keyboard(windows):
    look = begun(windows)
    first = look.page.url

    press(look, "j")
    second = look.page.url
    press(look, "k")

    assert first != second
    assert look.page.url == first


def test_without_script_the_buttons_do_the_same(windows):
    look = begun(windows, with_script=False)
    before = len(told())

    with look.page.expect_navigation():
        look.page.get_by_role("button", name="Not the same N").click()
    with look.page.expect_navigation():
        look.page.get_by_role("button", name="Undo").click()

    assert told()[before:] == ["not_same", "undone"]
    expect(look.page.get_by_text("Keys", exact=True)).to_be_hidden()


def fresh(pairs, count: int) -> list[MatchCandidate]:
    """Return pairs of one evidence that nobody has said anything about."""
    crm = pairs[0].left.system
    made = [_pair(crm, 10 * make.number()) for _ in range(count)]
    MatchCandidate.objects.filter(pk__in=[each.pk for each in made]).update(
        evidence_digest=f"fresh {made[0].pk}"
    )
    return made


def opened_batch(look, pairs) -> str:
    """Open the first batch of the list, and return where it stands."""
    fresh(pairs, 5)
    look.open("/review/batches/")
    look.page.get_by_role("button", name="Open a batch").first.click()
    look.page.wait_for_url("**/review/batches/*/")
    return str(look.page.url.removeprefix(look.address))


@pytest.mark.parametrize("with_script", [True, False])
def test_samples_of_a_batch_are_read_one_after_the_other(windows, pairs, with_script):
    look = begun(windows, with_script=with_script)
    batch, before = opened_batch(look, pairs), len(told())

    look.page.get_by_role("button", name="Read the next sample").click()
    while "/pair/" in look.page.url:
        with look.page.expect_navigation():
            look.page.get_by_role("button", name="Same household H").click()

    assert look.page.url == look.address + batch
    assert set(told()[before:]) == {"household"}
    expect(
        look.page.get_by_text("Nothing else of this evidence waits.")
    ).to_be_visible()


def test_a_file_of_answers_is_read_before_it_is_taken(windows, pairs):
    look = windows.open()
    look.sign_in("steward")
    [pair] = fresh(pairs, 1)
    before = len(told())

    look.open("/review/import/")
    look.page.get_by_label("File").set_input_files(
        {
            "name": "answers.csv",
            "mimeType": "text/csv",
            "buffer": f"pair,answer\n{pair.pk},not_same\n".encode(),
        }
    )
    look.page.get_by_role("button", name="Read it").click()
    expect(look.page.get_by_role("cell", name="Not the same")).to_be_visible()
    assert len(told()) == before
    look.page.get_by_role("button", name="Take 1 answer").click()

    look.page.wait_for_url("**/review/")
    assert told()[before:] == ["not_same"]
    assert look.complaints == []


@pytest.mark.parametrize("width", [1440, 390])
def test_the_pages_of_the_queue_shut_nobody_out(windows, pairs, width):
    look = begun(windows, width=width)
    pair = look.page.url.removeprefix(look.address)
    batch = opened_batch(look, pairs)
    faults = {}

    for path in (
        pair, batch, "/review/", "/review/batches/", "/review/import/",
        "/review/shared/",
    ):  # fmt: skip
        look.open(path)
        spare = look.width_to_spare()
        faults[path] = [] if spare >= 0 else [f"scrolls sideways by {-spare} px"]
        for colours in ("dark", "light"):
            look.in_colours(colours)
            faults[path] += look.faults()

    assert {path: found for path, found in faults.items() if found} == {}
    assert look.complaints == []
