"""The benchmarks: what counts as met, how it ends, and that they load what they claim."""

import csv
import math
from decimal import Decimal

import pytest

from benchmarks import __main__ as benchmarks
from benchmarks import load_file
from benchmarks.figures import Figure, seconds
from measurement import registry
from measurement.models import CustomerRecord, Order
from tests.measurement import loading


def figure(value: float, *, at_least: bool, name: str = "speed") -> Figure:
    return Figure(name, value, "x", 10, at_least, "")


@pytest.mark.parametrize(
    ("value", "at_least", "is_met"),
    [
        (10, True, True), (9.999, True, False), (11, True, True),
        (10, False, True), (10.001, False, False), (0, False, True),
        # What could not be measured has met nothing.
        (math.nan, True, False), (math.nan, False, False),
    ],
)  # fmt: skip
def test_a_goal_is_met_at_its_edge_and_not_beyond(value, at_least, is_met):
    assert figure(value, at_least=at_least).is_met is is_met


@pytest.mark.parametrize(
    ("shown", "line"),
    [
        (Figure("first load", 123_456.789, "rows/s", 100_000, True, "8.1 s"),
         "first load                                     123,456.79 rows/s  goal >= 100,000  met     8.1 s"),
        (Figure("peak", 301, "MB", 300, False, "of the loader"),
         "peak                                               301.00 MB      goal <= 300      MISSED  of the loader"),
    ],
)  # fmt: skip
def test_a_figure_stands_beside_its_goal_and_its_rival(shown, line):
    assert str(shown) == line


def test_work_is_done_once_and_timed():
    done = []

    took = seconds(lambda: done.append("work"))

    assert (done, took >= 0) == (["work"], True)


@pytest.fixture
def measured(monkeypatch):
    """Replace what is measured by figures that are known."""

    def measured(**named: list[Figure]) -> None:
        known = {name: lambda found=found: found for name, found in named.items()}
        monkeypatch.setattr(benchmarks, "BENCHMARKS", known)

    return measured


@pytest.mark.parametrize(
    ("values", "missed"), [([], 0), ([10, 11], 0), ([10, 9], 1), ([1, 2, 3], 3)]
)
def test_it_ends_with_how_many_fell_short(measured, values, missed):
    measured(fast=[figure(value, at_least=True) for value in values])

    assert benchmarks.main(["fast"]) == missed


def test_without_a_name_every_benchmark_is_run_and_every_miss_counted(measured, capsys):
    measured(
        one=[figure(1, at_least=True, name="first")],
        other=[figure(2, at_least=True, name="second")],
    )

    missed = benchmarks.main([])

    said = capsys.readouterr().out
    assert (missed, said.count("MISSED")) == (2, 2)
    assert said.index("first") < said.index("second")


def test_with_names_only_those_are_run(measured, capsys):
    measured(
        one=[figure(1, at_least=True, name="first")],
        other=[figure(2, at_least=True, name="second")],
    )

    assert benchmarks.main(["other"]) == 1
    assert "first" not in capsys.readouterr().out


def test_a_benchmark_there_is_not_is_refused_with_those_there_are(measured, capsys):
    measured(one=[figure(1, at_least=True, name="first")], other=[])

    with pytest.raises(SystemExit) as refused:
        benchmarks.main(["one", "onne"])

    assert refused.value.code == "There is no benchmark onne. There are: one, other."
    assert capsys.readouterr().out == ""


def rounds(*seconds_of_each: tuple[float, ...]) -> list[load_file.Round]:
    return [load_file.Round(*each) for each in seconds_of_each]


def test_every_figure_is_the_median_of_its_rounds(monkeypatch):
    monkeypatch.setattr(load_file, "ROWS", 1_000)

    figures = load_file.figures(
        # COPY, first load, unchanged, identical, hashing: one round was disturbed.
        rounds((1, 4, 2, 0.3, 0.1), (9, 90, 60, 30, 20), (2, 5, 3, 0.4, 0.2))
    )

    assert [(each.name, each.value, each.beside) for each in figures[:-1]] == [
        ("first load", 200, "5.0 s"),
        ("first load beside COPY", 0.4, "5.0 s; COPY 2.0 s, 500 rows/s"),
        ("unchanged rows, other bytes", 0.6, "3.0 s; first load 5.0 s"),
        ("identical file beside hashing", 2, "0.40 s; hashing 0.20 s"),
    ]


def test_the_orders_are_the_same_every_time_but_for_the_note(tmp_path):
    first, again, other = (tmp_path / name for name in ("a.csv", "b.csv", "c.csv"))

    load_file.write_orders(first, rows=20)
    load_file.write_orders(again, rows=20)
    load_file.write_orders(other, rows=20, note="other bytes")

    assert first.read_bytes() == again.read_bytes()
    assert other.read_text().replace("other bytes", "") == first.read_text()
    assert other.read_bytes() != first.read_bytes()


def test_the_orders_have_the_columns_the_bare_copy_has(tmp_path):
    load_file.write_orders(tmp_path / "orders.csv", rows=3)

    with (tmp_path / "orders.csv").open() as file:
        rows = list(csv.DictReader(file))

    assert [tuple(row) for row in rows] == [load_file.COLUMNS] * 3
    assert all(
        Decimal(row["total"])
        == Decimal(row["subtotal"]) + Decimal(row["shipping"]) + Decimal(row["tax"])
        for row in rows
    )


def test_the_orders_are_taken_in_whole_and_not_written_again(load, tmp_path):
    system = registry.register(load_file.HERE / "orders.toml").system
    path = tmp_path / "orders.csv"
    load_file.write_orders(path, rows=30)
    first = path.read_bytes()
    load_file.write_orders(path, rows=30, note="other bytes")
    other = path.read_bytes()
    buyers = {line.split(b",")[1] for line in first.splitlines()[1:]}
    load(system.streams.get(key="customers"), b"\n".join([b"id", *buyers]))

    loaded = load(system.streams.get(key="orders"), first, name="first.csv")
    again = load(system.streams.get(key="orders"), other, name="other.csv")

    assert [loading.counts(run) for run in (loaded, again)] == [
        (30, 30, 0, 0),
        (30, 0, 30, 0),
    ]
    assert not Order.objects.filter(customer=None).exists()
    assert CustomerRecord.objects.count() == len(buyers)
