"""Loads of small files, kept in a folder of the test's own."""

import pytest

from tests.measurement.loading import Load, loads_into


@pytest.fixture
def load(tmp_path, settings, db) -> Load:
    settings.RAW = tmp_path / "raw"
    settings.REPORTING_CURRENCY = "USD"
    settings.REPORTING_TIME_ZONE = "America/New_York"
    return loads_into(tmp_path)
