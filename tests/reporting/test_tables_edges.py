"""Readings, people and nights arranged for a page, where little or too much is known."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from governance.models import Channel
from measurement.models import CustomerRecord, Night, NightStep
from reporting.models import Reading
from reporting.summary import last_night
from reporting.tables import acquisition, cohorts, nights, people
from reporting.timeline import Moment
from tests import make, published

RETENTION, VALUE = cohorts.MEASURES
NEW_YORK = ZoneInfo("America/New_York")
AT = make.moment("2026-03-02T03:00")


def cell(measure, value: str | None, *, cohort: str, month: int, state: str = "sure"):
    return Reading(
        metric=measure.metric, value=None if value is None else Decimal(value), n=100,
        state=state, dimensions={"cohort": cohort, "segment": "", "month": month},
    )  # fmt: skip


def size(cohort: str, people_: int = 100) -> Reading:
    return Reading(
        metric="cohort_customers", value=Decimal(people_), n=people_, state="sure",
        dimensions={"cohort": cohort, "segment": ""},
    )  # fmt: skip


def heat(measure, *readings: Reading, panel: date | None = None):
    return cohorts.table(
        readings=readings, measure=measure, currency="EUR", panel_starts_on=panel
    )


def moment(at: datetime | None, **fields: object) -> Moment:
    return Moment(
        at=at, kind="order", title="Order", detail="", system="Till", run_id=1,
        is_generated=False, **fields,
    )  # fmt: skip


class TestCohorts:
    def test_without_any_there_is_no_table(self):
        assert heat(RETENTION) is None

    def test_a_cohort_nothing_is_said_of_yet_has_one_empty_cell(self):
        table = heat(RETENTION, size("2026-01"))

        assert (table.months, table.rows[0].cells, table.highest) == (
            (0,), (None,), "0%",
        )  # fmt: skip

    def test_cells_of_the_other_measure_are_left_out(self):
        table = heat(
            RETENTION,
            size("2026-01"),
            cell(RETENTION, "1", cohort="2026-01", month=0),
            cell(VALUE, "25", cohort="2026-01", month=1),
        )

        assert [one.text for one in table.rows[0].cells] == ["100%"]

    def test_value_below_zero_is_the_lightest_and_shows_its_sign(self):
        table = heat(
            VALUE,
            size("2026-01"),
            cell(VALUE, "40.4", cohort="2026-01", month=0),
            cell(VALUE, "-0.4", cohort="2026-01", month=1),
            cell(VALUE, "-1234.5", cohort="2026-01", month=2),
        )

        assert [(one.text, one.step) for one in table.rows[0].cells] == [
            ("€40", 8), ("€0", 0), ("−€1,234", 0),
        ]  # fmt: skip
        assert (table.lowest, table.highest) == ("€0", "€40")

    def test_where_every_value_is_below_zero_nothing_is_darker(self):
        table = heat(
            VALUE, size("2026-01"), cell(VALUE, "-4", cohort="2026-01", month=0)
        )

        assert [one.step for one in table.rows[0].cells] == [0]

    def test_months_follow_the_calendar_and_not_the_alphabet(self):
        table = heat(RETENTION, *map(size, ("2026-10", "2025-12", "2026-02")))

        assert [row.name for row in table.rows] == ["Dec 2025", "Feb 2026", "Oct 2026"]

    def test_a_panel_that_begins_within_a_month_knew_them_already(self):
        table = heat(
            RETENTION, size("2026-01"), size("2026-02"), panel=date(2026, 2, 17)
        )

        assert [row.were_customers_already for row in table.rows] == [False, True]

    def test_a_withheld_cell_has_no_colour_and_says_why(self):
        table = heat(
            RETENTION,
            size("2026-01", 29),
            cell(RETENTION, None, cohort="2026-01", month=0, state="small"),
        )

        (one,) = table.rows[0].cells
        assert (one.text, one.step, one.is_small, one.is_immature, one.is_given) == (
            "–", None, True, False, False,
        )  # fmt: skip


class TestAcquisition:
    def arranged(self, *readings: Reading):
        channels = [
            Channel(key=f"c{number}", name=f"C {number}", position=number)
            for number in range(8)
        ]
        return acquisition.table(readings=readings, channels=channels, currency="USD")

    def said(self, metric: str, value: str, channel: str = "") -> Reading:
        return Reading(
            metric=metric, value=Decimal(value), n=100, state="sure",
            dimensions={"channel": channel} if channel else {},
        )  # fmt: skip

    def test_only_as_many_lines_are_drawn_as_can_be_told_apart(self):
        table = self.arranged(
            self.said("customers", "80"),
            *(self.said("customers", f"{10 + n}", f"c{n}") for n in range(8)),
        )

        assert len(table.rows) == 8
        assert [one["name"] for one in table.lifetime_chart["series"]] == [
            "All channels", "C 7", "C 6", "C 5", "C 4", "C 3",
        ]  # fmt: skip

    def test_what_stands_alone_is_shown_as_far_as_it_is_known(self):
        row = self.arranged(self.said("customers", "1")).total

        assert (row.customers.text, row.revenue.text, row.repeat.text) == (
            "1",
            "–",
            "–",
        )
        assert {one.text for one in row.lifetimes} == {"–"}
        assert row.repeat_range is None

    def test_a_channel_nobody_agreed_on_is_not_made_up(self):
        table = self.arranged(
            self.said("customers", "2"), self.said("customers", "2", "pigeon")
        )

        assert table.rows == ()

    def test_what_is_drawn_can_be_written_for_a_script(self):
        table = self.arranged(
            self.said("customers", "2"),
            self.said("customers", "2", "c1"),
            self.said("revenue", "-9999999999999.99", "c1"),
        )

        assert json.loads(json.dumps(table.revenue_chart, allow_nan=False))[
            "values"
        ] == [-9999999999999.99]


class TestPeople:
    @pytest.mark.parametrize(
        ("names", "called"),
        [
            ([], "No name known"),
            ([("", "")], "No name known"),
            ([("", "Dorn"), ("Ada", "")], "Dorn"),
            ([("Ada", ""), ("Ada", "Dorn"), ("A.", "Dorn")], "Ada Dorn"),
            ([(" ", "  ")], "No name known"),
            ([("阿达", "洛芙莱斯")], "阿达 洛芙莱斯"),
        ],
    )
    def test_a_person_is_called_by_what_is_known(self, names, called):
        records = [
            CustomerRecord(pk=number, first_name=first, last_name=last)
            for number, (first, last) in enumerate(names)
        ]

        assert people.name_of(reversed(records)) == called

    def test_a_month_begins_at_midnight_of_the_reporting_zone(self):
        midnight = make.moment("2026-03-01T05:00")
        just_before = midnight - timedelta(seconds=1)

        months = people.months([moment(midnight), moment(just_before)], zone=NEW_YORK)

        assert [
            (month.name, month.rows[0].day, month.rows[0].time) for month in months
        ] == [("March 2026", "1 Mar", "00:00"), ("February 2026", "28 Feb", "23:59")]

    def test_a_kind_without_a_sign_gets_a_dot(self):
        (month,) = people.months(
            [Moment(AT, "dance", "Dance", "", "Till", 1, is_generated=False)],
            zone=NEW_YORK,
        )

        assert month.rows[0].sign == "icons/dot.html"

    @given(
        st.lists(st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1)), max_size=20)  # noqa: DTZ001  given UTC below
    )
    def test_no_moment_is_lost_between_the_months(self, ats):
        moments = sorted(
            (moment(at.replace(tzinfo=UTC)) for at in ats), key=lambda one: one.at
        )

        months = people.months(moments, zone=NEW_YORK)

        assert [row.moment for month in months for row in month.rows] == moments
        assert len({month.name for month in months}) == len(months)


class TestNights:
    def step(self, position: int, state: str = "done", **fields: object) -> NightStep:
        return NightStep(
            position=position, state=state,
            **{"task": "measurement.load", "label": f"Step {position}", **fields},
        )  # fmt: skip

    def test_a_night_without_steps_took_nothing_in(self):
        row = nights.night_row(
            Night(started_at=AT, state="running"), [], now=AT + timedelta(seconds=5)
        )

        assert (row.rows_in, row.done, row.seconds, row.peak_mb, row.present) == (
            0, 0, 5.0, 0.0, None,
        )  # fmt: skip

    def test_the_step_it_is_at_is_the_first_not_done_by_position(self):
        steps = [self.step(3, "waiting"), self.step(1), self.step(2, "failed")]

        row = nights.night_row(Night(started_at=AT, state="failed"), steps, now=AT)

        assert [one.step.position for one in row.steps] == [1, 2, 3]
        assert (row.present.label, row.done) == ("Step 2", 1)

    def test_rows_that_are_read_again_are_not_counted_again(self):
        steps = [
            self.step(1, rows_in=5, written=3, unchanged=1, rejected=1),
            self.step(2, task="reporting.compute", rows_in=90, written=90),
        ]

        row = nights.night_row(Night(started_at=AT, ended_at=AT), steps, now=AT)

        assert (row.rows_in, row.written, row.unchanged, row.rejected) == (5, 3, 1, 1)

    @pytest.mark.django_db
    def test_one_that_has_no_steps_yet_can_be_summed_up(self, capsys):
        night = published.night(state="running")

        call_command("summary")

        assert last_night().seconds == 0
        assert capsys.readouterr().out.splitlines()[0] == (
            f"Night {night.pk} is running: 0 steps in 0.0 s, 0 MB at most. No build is "
            f"shown."
        )


def test_the_page_of_definitions_is_written_where_the_documentation_is(
    settings, tmp_path, capsys
):
    from reporting import definitions

    settings.BASE_DIR = tmp_path
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "metrics.md").write_text("of yesterday")

    call_command("metrics_page")

    assert (tmp_path / "docs" / "metrics.md").read_text() == definitions.page()
    assert capsys.readouterr().out == "Wrote docs/metrics.md.\n"
