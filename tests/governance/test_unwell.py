"""What somebody asked for, or answers for, and is not as it should be."""

from datetime import timedelta

import pytest

from governance import changes, unwell
from governance.models import Domain, User
from governance.unwell import Sign
from tests import make
from tests.governance import requests
from tests.governance.pages import seen
from tests.governance.requests import AT, digest

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def asked(monkeypatch) -> list[unwell.Signs]:
    """Nobody above is asked here, but for whom a test registers."""
    registered: list[unwell.Signs] = []
    monkeypatch.setattr(unwell, "_asked", registered)
    return registered


@pytest.fixture
def steward(domain: Domain) -> User:
    """A steward of a domain that enough people own."""
    for _ in range(2):
        make.owner(domain)
    return make.domain_steward(domain)


def test_whoever_answers_for_nothing_has_nothing_unwell(asked):
    asked.append(lambda mine, *, at: [Sign("never asked", "")])

    assert unwell.of(make.user(), at=AT) == []


def test_all_is_well_where_nothing_is_wrong(domain, steward):
    requests.applied(requests.kpi(domain), domain=domain)
    requests.in_review(requests.kpi(domain, "ltv_180"), by=steward)

    assert unwell.of(steward, at=AT) == []


def test_what_was_asked_for_and_is_stuck_is_named_with_its_reason(domain, steward):
    request = requests.in_review(requests.kpi(domain), by=steward)
    changes.request_changes(
        request_id=request.pk, digest=digest(request), by=make.owner(domain), at=AT,
        comment="Say which calendar.",
    )  # fmt: skip

    sign = Sign("A change", "Say which calendar.", f"/changes/{request.pk}/")
    assert unwell.of(steward, at=AT) == [sign]
    assert unwell.of(make.domain_steward(domain), at=AT) == []


def test_what_was_overtaken_is_stuck_too(domain, steward):
    request = requests.in_review(requests.kpi(domain, window_days=30), by=steward)
    requests.applied(requests.kpi(domain), domain=domain)

    [sign] = unwell.of(steward, at=AT)

    assert sign.address == f"/changes/{request.pk}/"
    assert sign.words.startswith("KPI ltv_90 was changed by request ")


@pytest.mark.parametrize(("days", "signs"), [(4, 0), (3, 1), (0, 1)])
def test_what_soon_runs_out_is_named_three_days_before(domain, steward, days, signs):
    request = requests.in_review(requests.kpi(domain), by=steward)

    found = unwell.of(steward, at=request.expires_at - timedelta(days=days))

    words = "Nobody needed has decided, and it runs out on 01 April."
    assert [each.words for each in found] == [words] * signs


@pytest.mark.parametrize(
    ("owners", "begins"), [(0, "Nobody owns"), (1, "One person owns"), (2, "")]
)
def test_a_domain_too_few_own_is_named(domain, owners, begins):
    for _ in range(owners):
        make.owner(domain)
    gone = make.owner(domain)
    gone.is_active = False
    gone.save()
    make.superuser(make.owner(domain))

    found = unwell.of(make.domain_steward(domain), at=AT)

    assert [each.words.partition(" it,")[0] for each in found] == [begins][: 2 - owners]


def test_what_is_deprecated_and_followed_by_nothing_is_named(domain, steward):
    requests.applied(requests.kpi(domain), domain=domain)
    requests.applied(requests.kpi(domain, "ltv_180"), domain=domain)
    for key, successor in (("ltv_90", ""), ("ltv_180", "ltv_90")):
        requests.applied(
            changes.Proposed(
                "kpi", key, domain.key, requests.KPI, state="deprecated",
                successor=successor,
            ),
            domain=domain,
        )  # fmt: skip

    assert unwell.of(steward, at=AT) == [
        Sign(
            "Lifetime value, 90 days",
            "It is deprecated, and nothing is said to follow it.",
            "/dictionary/kpi/ltv_90/",
        )
    ]


def test_the_apps_above_are_asked_of_what_is_theirs_and_in_use(domain, steward, asked):
    requests.applied(requests.kpi(domain), domain=domain)
    requests.applied(requests.field(domain), domain=domain)
    orders = make.domain("orders")
    requests.applied(requests.kpi(orders, "ltv_180"), domain=orders)
    given = []
    asked.append(lambda mine, *, at: given.append((dict(mine), at)) or [Sign("a", "b")])

    found = unwell.of(steward, at=AT)

    theirs = {"kpi": frozenset({"ltv_90"}), "field": frozenset({"customer.email"})}
    assert (given, found) == ([(theirs, AT)], [Sign("a", "b")])


def test_who_is_registered_twice_is_asked_once(asked):
    def signs(mine, *, at):
        return []

    for _ in range(2):
        unwell.register(signs)

    assert asked == [signs]


@pytest.mark.parametrize("definitions", [1, 30])
def test_it_costs_the_same_for_one_definition_and_for_many(
    domain, steward, definitions, django_assert_num_queries
):
    requests.applied(
        *(requests.kpi(domain, f"ltv_{each}") for each in range(definitions)),
        domain=domain,
    )

    with django_assert_num_queries(3):
        unwell.of(steward, at=AT)


def test_the_desk_shows_it_and_counts_it(domain, steward, asked):
    requests.applied(requests.kpi(domain), domain=domain)
    asked.append(lambda mine, *, at: [Sign("web/visits", "3 <rows> were turned away.")])

    page = seen(steward, "/changes/")

    assert "Yours, and not well 1 web/visits 3 &lt;rows&gt; were turned away." in page


def test_the_desk_says_nothing_of_it_where_all_is_well(steward):
    assert "not well" not in seen(steward, "/changes/")
