"""What is computed is what was agreed."""

import pytest

from governance import changes
from governance.changes import Proposed
from governance.models import ChangeRequest, Operation
from reporting import agreed
from reporting.metrics import METRICS
from tests import make
from tests.governance import requests

pytestmark = pytest.mark.django_db


@pytest.fixture
def domain():
    return make.domain("revenue")


def kpi(domain, key: str, **said: object) -> Proposed:
    body = {**requests.KPI, "formula": "ltv_90", "min_n": 30, **said}
    return Proposed("kpi", key, domain.key, body)


def operations(request: ChangeRequest) -> list[Operation]:
    return list(changes.current_revision(request).operations.all())


def test_before_anything_was_agreed_the_code_says_it():
    found = agreed.now()

    assert set(found.metrics) == set(METRICS)
    assert found.versions()["ltv_90"] == "1"
    assert found.metrics["ltv_90"].min_n == 30


def test_a_kpi_is_a_calculation_under_agreed_parameters(domain):
    requests.applied(kpi(domain, "ltv_90", min_n=50), domain=domain)
    requests.applied(kpi(domain, "ltv_90", window_days=80, min_n=50), domain=domain)

    [found] = agreed.now().metrics.values()

    assert (found.key, found.version, dict(found.parameters), found.min_n) == (
        "ltv_90", "2", {"days": 80}, 50,
    )  # fmt: skip


def test_another_window_is_another_kpi_and_no_new_code(domain):
    requests.applied(
        kpi(domain, "ltv_90"), kpi(domain, "ltv_45", window_days=45), domain=domain
    )

    assert {
        key: metric.parameters["days"] for key, metric in agreed.now().metrics.items()
    } == {"ltv_90": 90, "ltv_45": 45}


def test_what_was_given_up_is_not_computed(domain):
    requests.applied(kpi(domain, "ltv_90"), kpi(domain, "ltv_45"), domain=domain)
    given_up = kpi(domain, "ltv_45")

    requests.applied(
        Proposed("kpi", "ltv_45", domain.key, given_up.body, state="retired"),
        domain=domain,
    )

    assert list(agreed.now().metrics) == ["ltv_90"]


def test_a_proposal_is_seen_beside_what_is_in_force(domain):
    requests.applied(kpi(domain, "ltv_90"), kpi(domain, "ltv_45"), domain=domain)
    asked = requests.draft(
        kpi(domain, "ltv_90", window_days=60), by=make.domain_steward(domain)
    )

    would_be = agreed.proposed(operations(asked))

    assert {key: each.parameters["days"] for key, each in would_be.metrics.items()} == {
        "ltv_90": 60,
        "ltv_45": 90,
    }
    assert agreed.now().metrics["ltv_90"].parameters["days"] == 90


def test_a_kpi_that_builds_are_checked_by_cannot_be_given_up(domain):
    asked = kpi(domain, "revenue", formula="revenue")

    with pytest.raises(changes.Unsound) as refused:
        requests.draft(
            Proposed("kpi", "revenue", domain.key, asked.body, state="retired"),
            by=make.domain_steward(domain),
        )

    assert str(refused.value) == (
        "KPI revenue cannot be given up: every build is checked by it before it is "
        "published."
    )


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (
            {"formula": "guess"},
            "KPI ltv_90: there is no calculation 'guess'; there are",
        ),
        (
            {"window_days": 0},
            "KPI ltv_90: window_days is missing; it counts from day 0.",
        ),
    ],
)
def test_a_kpi_that_cannot_be_computed_is_refused(domain, said, sentence):
    with pytest.raises(changes.Unsound) as refused:
        requests.draft(kpi(domain, "ltv_90", **said), by=make.domain_steward(domain))

    assert str(refused.value).startswith(sentence)
