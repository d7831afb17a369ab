"""The admin shows what was asked, decided and kept, and changes none of it."""

import pytest
from django.test import Client

from governance.models import ChangeRequest, GovernanceEvent, Version
from tests import make
from tests.governance import requests

pytestmark = pytest.mark.django_db

KEPT = ["changerequest", "version", "governanceevent", "seal", "domain"]


@pytest.fixture
def superuser(client: Client) -> Client:
    client.force_login(make.superuser())
    return client


@pytest.fixture
def something() -> dict[str, int]:
    """One of each; returns how it is addressed."""
    domain = make.domain("customer")
    request = requests.applied(requests.kpi(domain), domain=domain)
    return {
        "changerequest": request.pk,
        "version": Version.objects.get().pk,
        "governanceevent": GovernanceEvent.objects.latest("seq").pk,
        "domain": domain.pk,
    }


@pytest.mark.parametrize("model", KEPT)
def test_what_is_kept_is_listed_and_cannot_be_added_to(superuser, something, model):
    listed = superuser.get(f"/admin/governance/{model}/")
    added = superuser.get(f"/admin/governance/{model}/add/")

    assert (listed.status_code, added.status_code) == (200, 403)


@pytest.mark.parametrize("model", ["changerequest", "version"])
def test_what_is_kept_is_read_and_neither_written_nor_deleted(
    superuser, something, model
):
    path = f"/admin/governance/{model}/{something[model]}/"

    read = superuser.get(f"{path}change/")
    written = superuser.post(f"{path}change/", {"title": "Mine", "state": "applied"})
    deleted = superuser.post(f"{path}delete/", {"post": "yes"})

    assert [each.status_code for each in (read, written, deleted)] == [200, 403, 403]
    assert ChangeRequest.objects.get().title == "A change"


def test_an_auditor_reads_the_log_in_the_admin(client, something):
    client.force_login(make.user(role="auditor"))

    page = client.get("/admin/governance/governanceevent/").content.decode()

    assert "took effect" in page
