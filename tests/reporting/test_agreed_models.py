"""Credit is shared out as was agreed, by one primary model and others for context."""

import pytest

from governance import changes
from governance.changes import Proposed
from governance.models import Operation
from reporting import agreed, snapshot
from reporting.attribution.crediting import FORMULAS, Model
from tests import make
from tests.governance import requests
from tests.reporting import builds

pytestmark = pytest.mark.django_db


@pytest.fixture
def domain():
    return make.domain("marketing")


def model(domain, key: str, formula: str = "linear", **said: object) -> Proposed:
    body = {
        "name": key.title(),
        "meaning": "Who gets the credit.",
        "formula": formula,
        "lookback_days": said.pop("lookback_days", 30),
        "parameters": said,
    }
    return Proposed("attribution", key, domain.key, body)


def told(name: str) -> dict[str, str]:
    return {"name": name, "version": "1", "meaning": "Who gets the credit."}


def test_before_any_model_was_agreed_the_code_has_all_of_them():
    models = agreed.now().models

    assert [one.key for one in models] == [
        "position_based",
        *(formula for formula in FORMULAS if formula != "position_based"),
    ]
    assert [one.key for one in models if one.is_primary] == ["position_based"]


def test_a_model_is_a_calculation_on_agreed_terms_the_primary_one_first(domain):
    requests.applied(
        model(domain, "fair", lookback_days=7),
        model(domain, "fresh", "time_decay", half_life_days=3, primary=True),
        model(domain, "ends", "position_based", first_share=50, last_share=30),
        domain=domain,
    )

    assert agreed.now().models == (
        Model(
            "fresh", "time_decay", **told("Fresh"), half_life_days=3, is_primary=True
        ),
        Model("fair", "linear", **told("Fair"), lookback_days=7),
        Model("ends", "position_based", **told("Ends"), first_share=50, last_share=30),
    )


def test_how_buyers_came_shares_out_nothing(domain):
    requests.applied(
        model(domain, "fair", primary=True),
        model(domain, "came", "acquisition", lookback_days=0),
        domain=domain,
    )

    assert [one.key for one in agreed.now().models] == ["fair"]


def test_a_proposed_model_is_seen_beside_those_in_force(domain):
    requests.applied(model(domain, "fair", primary=True), domain=domain)
    asked = requests.draft(
        model(domain, "fair", primary=True, lookback_days=7),
        model(domain, "last", "last_touch"),
        by=make.domain_steward(domain),
    )

    would_be = agreed.proposed(_operations(asked)).models

    assert [(one.key, one.lookback_days) for one in would_be] == [
        ("fair", 7),
        ("last", 30),
    ]
    assert [one.lookback_days for one in agreed.now().models] == [30]


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (
            {"formula": "guess"},
            "Attribution model fair: there is no calculation 'guess'; there are "
            f"{', '.join(FORMULAS)}.",
        ),
        (
            {"lookback_days": 4000},
            "Attribution model fair: lookback_days is a number of days up to 3650; 0 is "
            "however long ago.",
        ),
        (
            {"half_life_days": 0},
            "Attribution model fair: half_life_days is a number of days from 1 to 365.",
        ),
        (
            {"half_life_days": "a week"},
            "Attribution model fair: half_life_days, first_share and last_share are "
            "whole numbers.",
        ),
        (
            {"first_share": 70},
            "Attribution model fair: first_share and last_share are percentages from 1, "
            "together at most 100: what is left belongs to the touches between.",
        ),
        (
            {"primary": False},
            "No attribution model would be primary, and budgets follow one. Let one of "
            "them be: primary = true.",
        ),
    ],
)
def test_a_model_that_cannot_be_computed_is_refused(domain, said, sentence):
    with pytest.raises(changes.Unsound) as refused:
        requests.draft(
            model(domain, "fair", **{"primary": True, **said}),
            by=make.domain_steward(domain),
        )

    assert str(refused.value) == sentence


def test_a_second_primary_model_is_refused_while_there_is_one(domain):
    requests.applied(model(domain, "fair", primary=True), domain=domain)

    with pytest.raises(changes.Unsound) as refused:
        requests.draft(
            model(domain, "last", "last_touch", primary=True),
            by=make.domain_steward(domain),
        )

    assert str(refused.value) == (
        "Attribution models fair and last would both be primary; budgets follow one. "
        "Let the others be for context: primary = false."
    )


def test_another_look_back_is_another_input_of_a_build(domain):
    requests.applied(model(domain, "fair", primary=True), domain=domain)
    before = snapshot.digest(moment=builds.NOW, agreed=agreed.now())

    requests.applied(
        model(domain, "fair", primary=True, lookback_days=7), domain=domain
    )

    assert snapshot.digest(moment=builds.NOW, agreed=agreed.now()) != before


def _operations(request) -> list[Operation]:  # type: ignore[no-untyped-def]
    return list(changes.current_revision(request).operations.all())
