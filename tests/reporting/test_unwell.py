"""What is wrong with the numbers somebody answers for."""

from datetime import timedelta

import pytest

from governance.unwell import Sign
from reporting import unwell
from reporting.models import Build
from tests.make import moment

pytestmark = pytest.mark.django_db

NOW = moment("2026-03-10T08:00")
MINE = {"kpi": frozenset({"revenue"})}


def build(state: str, *, ago: int = 1, message: str = "") -> None:
    at = NOW - timedelta(hours=ago)
    Build.objects.create(
        made_at=at, data_moment=at, identity_moment=at, digest="", state=state,
        message=message,
    )  # fmt: skip


def test_numbers_that_were_held_back_are_named_with_what_held_them():
    build("published", ago=24)
    build("held", message="The channels of corner sum to 3 in revenue.")

    assert list(unwell.signs(MINE, at=NOW)) == [
        Sign(
            "Numbers of 10 March 2026",
            "They were held back, and earlier ones are shown. The channels of corner "
            "sum to 3 in revenue.",
            "/runs/",
        )
    ]


@pytest.mark.parametrize("state", ["published", "computed"])
def test_numbers_that_were_published_since_are_well(state):
    build("held", ago=24)
    build(state)

    assert list(unwell.signs(MINE, at=NOW)) == []


def test_where_nothing_was_computed_nothing_is_wrong():
    assert list(unwell.signs(MINE, at=NOW)) == []


@pytest.mark.parametrize("mine", [{}, {"field": frozenset({"order.gross"})}])
def test_whoever_answers_for_no_kpi_is_told_of_none(mine):
    build("held")

    assert list(unwell.signs(mine, at=NOW)) == []
