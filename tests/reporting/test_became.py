"""What was said of a proposal is held against what became of it, and shown."""

from datetime import timedelta

import pytest

from governance import changes, preview
from governance.models import ChangeRequest, SourceStream
from measurement.models import CustomerRecord
from tests import make
from tests.governance.requests import digest
from tests.reporting import builds, tills
from tests.reporting.test_preview import measured, readings

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("however_few")]


@pytest.fixture
def domain():
    return make.domain("revenue")


@pytest.fixture
def till(settings, tmp_path) -> SourceStream:
    return tills.opened(settings, tmp_path)


def in_effect_and_published(request: ChangeRequest, domain, settings) -> list[int]:
    """Let the request take effect, then the night come; compare before it and after."""
    changes.submit(request_id=request.pk, by=request.requested_by, at=builds.NOW)
    for owner in (make.owner(domain), make.owner(domain)):
        changes.approve(
            request_id=request.pk, digest=digest(request), by=owner, at=builds.NOW
        )
    changes.apply(
        request_id=request.pk, digest=digest(request), by=request.requested_by,
        at=builds.NOW + timedelta(hours=1),
    )  # fmt: skip
    later = builds.NOW + timedelta(days=1)
    compared = [preview.compare(at=later)]
    tills.night(at=later)
    builds.published(at=later)
    return [*compared, preview.compare(at=later), preview.compare(at=later)]


def test_what_was_predicted_is_compared_once_with_what_became(till, domain, settings):
    readings()
    request, made = measured(
        tills.rule(domain, "order_line.amount", {"multiply": ["amount", "line"]}),
        domain=domain,
    )

    compared = in_effect_and_published(request, domain, settings)

    made.refresh_from_db()
    assert compared == [0, 1, 0]
    assert made.became["compared"] == len(made.predicted) > 0
    assert made.became["otherwise"] == []
    assert made.became["otherwise_in_all"] == 0
    assert [said[:19] for said in made.became["sentences"]] == ["Compared with build"]


def test_what_became_something_else_is_named_and_new_files_are_told(
    till, domain, settings
):
    readings()
    request, made = measured(
        tills.rule(domain, "order_line.amount", {"multiply": ["amount", "line"]}),
        domain=domain,
    )
    more = "ada,ada@example.org,9,2026-02-03 02:00,1,7.00\n"
    tills.drop(settings, tills.ORDERS.splitlines()[0] + "\n" + more, "more.csv")

    in_effect_and_published(request, domain, settings)

    made.refresh_from_db()
    revenue = next(
        each
        for each in made.became["otherwise"]
        if each["what"] == "revenue" and ":" not in each["where"]
    )
    assert (revenue["predicted"], revenue["became"]) == ("62.35000000", "69.35000000")
    assert made.became["sentences"][1:] == [
        "1 new file came in between; the numbers moved with what they say, too."
    ]


def test_the_page_shows_rows_before_and_after_and_what_became_of_it(
    till, domain, settings, client
):
    readings()
    request, made = measured(
        tills.rule(domain, "order_line.amount", {"multiply": ["amount", "line"]}),
        domain=domain,
    )
    client.force_login(make.user(role="steward"))
    before = client.get(f"/changes/{request.pk}/").content.decode()

    in_effect_and_published(request, domain, settings)

    after = client.get(f"/changes/{request.pk}/").content.decode()
    assert '<th scope="row">order line 2</th><td>order_line.amount</td>' in before
    assert "What became of it" not in before
    assert f"<b>All {len(made.predicted)} numbers became what was said.</b>" in after


def test_the_page_shows_which_rows_would_be_rejected(till, domain, client):
    readings()
    request, _made = measured(
        tills.rule(domain, "order.placed_at", "who"), domain=domain
    )
    client.force_login(make.user(role="steward"))

    page = client.get(f"/changes/{request.pk}/").content.decode()

    assert "<b>6 rows would be rejected</b> and are not now." in page
    assert f'<th scope="row">{till}, line 2</th><td>placed_at</td>' in page


def test_what_waits_for_a_decision_is_measured_again_on_newer_data(till, domain):
    readings()
    request, _made = measured(tills.zone(domain, "Asia/Tokyo"), domain=domain)
    changes.submit(request_id=request.pk, by=request.requested_by, at=builds.NOW)
    nothing_new = preview.renew(at=builds.NOW)
    make.order(CustomerRecord.objects.first(), builds.NOW - timedelta(days=90))
    builds.published(at=builds.NOW)

    asked = preview.renew(at=builds.NOW), preview.renew(at=builds.NOW)

    newest = request.revisions.get().previews.first()
    assert (nothing_new, asked) == (0, (1, 0))
    assert (newest.state, newest.asked_by) == ("asked", request.requested_by)


def test_what_nobody_decides_on_is_not_measured_again(till, domain):
    readings()
    measured(tills.zone(domain, "Asia/Tokyo"), domain=domain)
    make.order(CustomerRecord.objects.first(), builds.NOW - timedelta(days=90))
    builds.published(at=builds.NOW)

    assert preview.renew(at=builds.NOW) == 0
