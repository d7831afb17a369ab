"""A model that shares out credit otherwise is marked on what it moves, and nowhere else."""

from datetime import timedelta

import pytest

from governance.changes import Proposed
from reporting import annotations
from reporting.models import Annotation, Build
from tests import make, published
from tests.governance import requests

pytestmark = pytest.mark.django_db

SHOWN = ("attributed_revenue", "spend", "cac", "roas", "revenue")


@pytest.fixture
def domain():
    return make.domain("marketing")


def evenly(domain, **said: object) -> Proposed:
    body = {
        "name": "Evenly",
        "meaning": "Every touch has its part.",
        "formula": "linear",
        "lookback_days": 30,
        "parameters": {"primary": True},
        **said,
    }
    return Proposed("attribution", "evenly", domain.key, body)


def build(*, at=published.AT) -> Build:  # type: ignore[no-untyped-def]
    Build.objects.update(state=Build.State.SUPERSEDED)
    made = published.build(at=at)
    made.versions = annotations.versions()
    made.definitions = dict.fromkeys(SHOWN, "1")
    made.save()
    return made


def test_a_look_back_marks_what_is_credited_and_returned_and_no_revenue(domain):
    requests.applied(evenly(domain), domain=domain)
    before = build()
    requests.applied(evenly(domain, lookback_days=7), domain=domain)

    annotations.write(build=build(at=published.AT + timedelta(days=1)), before=before)

    told = Annotation.objects.order_by("metric")
    assert [(one.metric, one.kind, one.key, one.before, one.after) for one in told] == [
        ("attributed_revenue", "attribution", "evenly", 1, 2),
        ("roas", "attribution", "evenly", 1, 2),
    ]
    assert {one.text for one in told} == {"Looks back, in days: 30 → 7."}


def test_a_model_called_otherwise_marks_nothing(domain):
    requests.applied(evenly(domain), domain=domain)
    before = build()
    requests.applied(evenly(domain, name="Each alike"), domain=domain)

    annotations.write(build=build(at=published.AT + timedelta(days=1)), before=before)

    assert not Annotation.objects.exists()
