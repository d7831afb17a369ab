"""What the boards declare, against what is computed."""

import pytest

from reporting.boards.declared import BOARDS
from reporting.metrics import METRICS
from reporting.models import Build
from reporting.tables.definitions import NAMES
from tests import make
from tests.reporting import builds, shops

# Shown as soon as it is computed; until then its table is said to be missing.
AWAITED = {"churn_risk"}


@pytest.mark.parametrize("board", BOARDS.values(), ids=BOARDS)
def test_every_column_is_a_number_that_is_computed_and_has_a_name(board):
    assert board.metrics() - set(METRICS) - AWAITED == set()
    assert board.metrics() - set(NAMES) - AWAITED == set()


@pytest.mark.parametrize("board", BOARDS.values(), ids=BOARDS)
def test_every_table_has_a_key_of_its_own_and_draws_columns_it_has(board):
    keys = [panel.key for panel in board.panels]
    lost = [
        (panel.key, metric)
        for panel in board.panels
        for metric in (panel.chart.columns if panel.chart else ())
        if metric not in {one.metric for one in panel.columns}
    ]

    assert len(set(keys)) == len(keys)
    assert lost == []


@pytest.mark.django_db
def test_a_night_of_a_real_shop_fills_every_board(client):
    shop = shops.write(
        shops.drawn(
            """
            buyer | on         | lines | refunds | via    | campaign | segment
            ------+------------+-------+---------+--------+----------+--------
            ada   | 2026-01-05 | 10    | 2       | email  | spring   | loyal
            ada   | 2026-02-05 | 20    |         | email  |          | loyal
            bo    | 2026-02-07 | 30    |         | direct |          |
            """
        )
    )
    builds.published()
    client.force_login(make.user())

    drawn = {
        board: client.get(f"/{board}/?storefront={shop.key}").context["read"].drawn
        for board in BOARDS
    }
    growth = drawn["growth"]

    assert Build.objects.get().state == Build.State.PUBLISHED
    missing = {(board, one.key) for board in BOARDS for one in drawn[board].missing}
    assert missing - {("quality", "churn")} == set()
    assert [
        [row.name, *(shown.figure.text for shown in row.cells)]
        for row in [growth.tables[0].total, *growth.tables[0].rows]
    ] == [
        ["All months shown", "$58.00", "3", "–"],
        ["Jan 2026", "$8.00", "1", "–"],
        ["Feb 2026", "$50.00", "2", "–"],
    ]
