"""What publishing has come to in a quarter, for whoever reviews it."""

import pytest

from governance.facts import Fact
from reporting import health
from reporting.metrics import METRICS
from reporting.models import Build
from tests import make, published

pytestmark = pytest.mark.django_db

SINCE, UNTIL = make.moment("2026-01-01"), make.moment("2026-04-01")


def facts() -> dict[str, Fact]:
    found = health.Publishing().facts(since=SINCE, until=UNTIL)
    return {each.what: each for each in found}


def build(day: str, state: str, message: str = "") -> None:
    at = make.moment(day)
    Build.objects.create(
        state=state, made_at=at, data_moment=at, identity_moment=at, digest="",
        message=message, published_at=None if state == Build.State.HELD else at,
    )  # fmt: skip


def test_published_and_held_builds_of_the_quarter_are_told_apart():
    build("2025-12-31", Build.State.HELD, "Long ago.")
    build("2026-01-01", Build.State.SUPERSEDED)
    build("2026-03-31", Build.State.PUBLISHED)
    for day in ("2026-02-01", "2026-02-02"):
        build(day, Build.State.HELD, "The channels do not add up.")
    build("2026-02-03", Build.State.HELD)

    found = facts()

    assert (found["Published"].value, found["Published"].words) == ("2", "of 5 builds")
    held = found["Held back by a check"]
    assert (held.value, held.is_well) == ("3", False)
    assert held.rows == (
        ("The channels do not add up.", "2 times"), ("no reason kept", "once"),
    )  # fmt: skip


def test_where_every_night_published_nothing_was_held():
    published.build(at=make.moment("2026-03-01"))

    held = facts()["Held back by a check"]

    assert (held.value, held.is_well) == ("0", True)


@pytest.mark.parametrize("key", METRICS)
def test_every_calculation_is_told_in_words_without_marks(key):
    words = health.formula_in_words(key)

    assert words and "``" not in words
