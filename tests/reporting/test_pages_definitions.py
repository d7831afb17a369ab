"""What the numbers mean, as a reader gets it."""

import pytest

from reporting import metrics
from reporting.tables import acquisition, cohorts, definitions
from tests import published

pytestmark = pytest.mark.django_db


def test_every_metric_has_a_place_to_link_to(reader):
    page = reader.get("/definitions/")

    assert [key for key in metrics.METRICS if f'id="{key}"' not in page.text] == []


def test_every_number_of_the_pages_has_a_definition():
    shown = {
        *acquisition.METRICS,
        "cohort_customers",
        *(measure.metric for measure in cohorts.MEASURES),
    }

    assert shown - set(metrics.METRICS) == set()
    assert shown - set(definitions.NAMES) == set()


def test_a_shared_definition_names_the_days_of_each_metric():
    sentences = {entry.key: entry.sentence for entry in definitions.entries(None)}

    assert sentences["ltv_30"] == "What a new buyer brought in their first 30 days."
    assert sentences["ltv_365"] == "What a new buyer brought in their first 365 days."


def test_a_definition_falls_into_its_parts():
    entry = next(one for one in definitions.entries(None) if one.key == "customers")

    assert [label for label, _ in entry.exactly] == [
        "Population",
        "Numerator",
        "Grain",
        "Unit",
        "Time",
    ]


def test_a_definition_newer_than_the_published_build_says_so(reader):
    build = published.build()
    build.definitions = {"customers": "0"}
    build.save()

    page = reader.get("/definitions/")

    assert "The published build was computed with version 0" in page.text


def test_the_marks_of_a_docstring_are_not_shown(reader):
    page = reader.get("/definitions/")

    shown = page.text.partition("<main")[2]
    assert ("``" in shown, "*" in shown) == (False, False)
