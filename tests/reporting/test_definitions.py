"""The page of definitions."""

from django.conf import settings

from reporting import definitions
from reporting.metrics import METRICS


def test_the_page_in_the_repository_is_the_one_the_definitions_make():
    written = (settings.BASE_DIR / "docs" / "metrics.md").read_text()

    assert written == definitions.page(), "Run manage.py metrics_page."


def test_every_metric_stands_on_the_page_once():
    headings = [
        line for line in definitions.page().splitlines() if line.startswith("## ")
    ]

    keys = [key.strip("`") for line in headings for key in line[3:].split(", ")]

    assert sorted(keys) == sorted(METRICS)
