"""The pages of a history: whoever may read the row reads it, and nobody writes through it."""

import pytest
from django.test import Client
from django.urls import reverse

from governance.models import Domain, User
from governance.naming import while_acts
from tests import make
from tests.governance.pages import as_
from tests.governance.test_history import told

pytestmark = pytest.mark.django_db


def page_of(user: User, version: int | str | None = None) -> str:
    """Return where the history of an account is read, or one version of it."""
    name = "admin:governance_user_"
    if version is None:
        return reverse(f"{name}history", args=[user.pk])
    return reverse(f"{name}simple_history", args=[user.pk, version])


def renamed() -> User:
    ada = make.user()
    with while_acts(make.user(role="admin")):
        ada.first_name = "Ada"
        ada.save()
    return ada


@pytest.mark.parametrize(
    "role", ["steward", "data_owner", "auditor", "privacy", "admin"]
)
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nobody_writes_through_a_version(role, method):
    ada = renamed()
    first = ada.history.earliest()

    answer = getattr(as_(make.user(role=role)), method)(
        page_of(ada, first.pk), {"username": "stolen", "is_superuser": "on"}
    )

    ada.refresh_from_db()
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")
    assert (ada.first_name, ada.is_superuser) == ("Ada", False)
    assert len(told(ada, "history_id")) == 2


@pytest.mark.parametrize("role", ["viewer", "steward"])
def test_whoever_reads_no_accounts_reads_none_of_their_history(role):
    ada = renamed()
    client = as_(make.user(role=role))

    answers = [client.get(page).status_code for page in (page_of(ada), page_of(ada, 1))]
    sent = client.post(page_of(ada, ada.history.earliest().pk), {"username": "stolen"})

    # A viewer has no business in the admin, and is shown its door.
    assert answers == ([302, 302] if role == "viewer" else [403, 403])
    assert sent.status_code == (302 if role == "viewer" else 405)
    ada.refresh_from_db()
    assert ada.first_name == "Ada"


def test_a_superuser_writes_through_no_version_either(admin_client):
    ada = renamed()

    answer = admin_client.post(
        page_of(ada, ada.history.earliest().pk), {"username": "x"}
    )

    assert answer.status_code == 405


def test_the_history_says_who_changed_what_to_what():
    ada = renamed()

    page = as_(make.user(role="auditor")).get(page_of(ada)).content.decode()

    by = ada.history.latest().history_user
    assert "First name: nothing → Ada" in page
    assert f"<td>{by.username}</td>" in page
    assert "style=" not in page.partition('id="change-history"')[2]


def test_a_version_is_shown_as_it_stood_with_nothing_to_press():
    ada = renamed()

    answer = as_(make.user(role="auditor")).get(page_of(ada, ada.history.earliest().pk))

    content = answer.content.decode().partition('id="content-main"')[2]
    shown = content.partition('id="footer"')[0]
    assert '<th scope="row">First name</th><td>nothing</td>' in shown
    assert ("<form" in shown, "<input" in shown) == (False, False)


@pytest.mark.parametrize("version", ["0", "x", "-1", "9" * 30, "٣"])
def test_a_version_that_is_none_is_not_found(version):
    answer = as_(make.user(role="auditor")).get(page_of(make.user(), version))

    assert answer.status_code == 404


def test_a_version_of_somebody_else_is_not_found():
    ada, bo = renamed(), make.user()

    answer = as_(make.user(role="auditor")).get(page_of(bo, ada.history.earliest().pk))

    assert answer.status_code == 404


@pytest.mark.parametrize("row", ["0", "x", "9" * 30])
def test_the_history_of_nobody_is_not_found(row):
    client = as_(make.user(role="auditor"))

    answers = [
        client.get(f"/admin/governance/user/{row}/history/{tail}").status_code
        for tail in ("", "1/")
    ]

    assert answers == [404, 404]


@pytest.mark.parametrize("changes", [1, 12])
def test_a_history_costs_the_same_however_long_it_is(
    changes, django_assert_max_num_queries
):
    ada, client = make.user(), as_(make.user(role="auditor"))
    client.get(page_of(ada))
    for each in range(changes):
        ada.first_name = f"Ada {each}"
        ada.save()

    with django_assert_max_num_queries(16):
        client.get(page_of(ada))


class TestADomain:
    """Is called otherwise by an administrator, and stays answered for as it was."""

    @pytest.fixture
    def domain(self) -> Domain:
        return make.domain("orders")

    def rename(self, client: Client, domain: Domain, **otherwise: object) -> int:
        page = reverse("admin:governance_domain_change", args=[domain.pk])
        answer = client.post(page, {"name": "Sales", **otherwise})
        domain.refresh_from_db()
        return answer.status_code

    def test_is_renamed_and_what_it_was_called_is_kept(self, domain):
        by = make.user(role="admin")

        assert self.rename(as_(by), domain) == 302
        assert told(domain, "name", "history_user") == [
            ("Orders", None), ("Sales", by.pk),
        ]  # fmt: skip

    def test_is_given_to_nobody_by_sending_it(self, domain):
        other = make.domain("finance")
        before = (domain.key, domain.owners, domain.stewards)

        self.rename(
            as_(make.user(role="admin")), domain, key="mine", owners=other.owners_id,
            stewards=other.stewards_id,
        )  # fmt: skip

        assert (domain.key, domain.owners, domain.stewards) == before

    @pytest.mark.parametrize("role", ["steward", "data_owner", "privacy", "auditor"])
    def test_is_renamed_by_nobody_else(self, domain, role):
        assert self.rename(as_(make.user(role=role)), domain) == 403
        assert domain.name == "Orders"
