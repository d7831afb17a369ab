"""A day asked of becomes the moment it ended, where reports are cut into days."""

from zoneinfo import ZoneInfo

import pytest

from governance import dictionary

NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("2026-03-08", "2026-03-09T03:59:59.999999+00:00"),  # clocks go forward
        ("2026-11-01", "2026-11-02T04:59:59.999999+00:00"),  # and back
        ("2028-02-29", "2028-03-01T04:59:59.999999+00:00"),
        (" 2026-03-31 ", "2026-04-01T03:59:59.999999+00:00"),
        ("2026-03-31T10:00+02:00", "2026-03-31T08:00:00+00:00"),
    ],
)
def test_a_day_is_asked_of_as_it_ended_where_reports_are_cut(written, at):
    assert dictionary.moment_of(written, zone=NEW_YORK).isoformat() == at


@pytest.mark.parametrize(
    "written",
    [
        "yesterday",
        "2026-02-30",
        "9999-12-31",
        "0001-01-01T00:00+23:59",
        "31.03.2026",
        "\0",
    ],
)
def test_what_is_no_day_is_said_to_be_none(written):
    with pytest.raises(
        dictionary.Unreadable, match=r"is no day\. Write one as 2026-03-31"
    ):
        dictionary.moment_of(written, zone=NEW_YORK)
