"""A number of a board set against that of everybody."""

from decimal import Decimal

import pytest

from reporting.boards.cells import Cell
from reporting.boards.drawn import Shown


def of(value: str | None, low: str | None, high: str | None) -> Cell:
    return Cell(*(None if one is None else Decimal(one) for one in (value,)), 90, *(
        None if one is None else Decimal(one) for one in (low, high)
    ))  # fmt: skip


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        ("0.31", "0.40", "above"),
        ("0.30", "0.40", "alike"),
        ("0.20", "0.30", "alike"),
        ("0.20", "0.29", "below"),
    ],
)
def test_its_interval_tells_it_apart_from_that_of_everybody(low, high, said):
    shown = Shown(
        "one_time_share", "USD", of("0.3", low, high), everybody=of("0.3", None, None)
    )

    assert shown.against == said


@pytest.mark.parametrize(
    ("cell", "everybody"),
    [
        (None, of("0.3", None, None)),
        (of(None, None, None), of("0.3", None, None)),
        (of("0.5", None, None), of("0.3", None, None)),
        (of("0.5", "0.4", "0.6"), None),
        (of("0.5", "0.4", "0.6"), of(None, None, None)),
    ],
)
def test_without_an_interval_or_without_everybody_nothing_is_told_apart(
    cell, everybody
):
    assert Shown("one_time_share", "USD", cell, everybody=everybody).against == ""
