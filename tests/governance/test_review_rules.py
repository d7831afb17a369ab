"""What the database holds of reviews, whoever writes to it."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from governance.models import GovernanceEvent, HealthReview, ReviewAction, SignOff, User
from tests import make
from tests.governance.attacks import refused, typed
from tests.governance.reviews import AT, review, signed
from tests.refused import broken

pytestmark = pytest.mark.django_db
KEPT = "A review is kept as it was opened: it is closed, and no more."
DONE = "What a review agreed on is ticked off once, and no more."


def events(*types: str) -> list[tuple[str, str, str, str]]:
    found = GovernanceEvent.objects.filter(object_type__in=types).order_by("seq")
    return [(each.actor, each.verb, each.object_key, each.reason) for each in found]


@pytest.mark.parametrize(
    ("statement", "table"),
    [
        ("update {} set remark = 'All is well.'", "governance_signoff"),
        ("delete from {}", "governance_signoff"),
        ("truncate {}", "governance_signoff"),
        ("delete from {}", "governance_healthreview"),
        ("truncate {} cascade", "governance_healthreview"),
        ("delete from {}", "governance_reviewaction"),
        ("truncate {}", "governance_reviewaction"),
    ],
)
def test_what_was_signed_or_agreed_on_is_not_taken_back(domain, statement, table):
    signed(review(domain), domain)

    with refused(f"permission denied for table {table}"):
        typed(statement.format(table))


@pytest.mark.parametrize(
    "change",
    [
        {"facts": {"domains": [], "sections": []}},
        {"closes_by": AT + timedelta(days=900)},
        {"domains": ["orders"]},
        {"occasion": "another"},
        {"closed_at": AT, "title": "Another"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_review_is_kept_as_it_was_opened(domain, change):
    opened = review(domain)

    with refused(KEPT):
        HealthReview.objects.filter(pk=opened.pk).update(**change)


def test_a_review_is_not_opened_closed(domain):
    with refused("A review is opened before it is closed."):
        review(domain, closed_at=AT)


def test_a_review_is_not_closed_while_somebody_has_not_signed(domain):
    other = make.domain("orders")
    opened = review(domain, other)
    signed(opened, other)

    with refused(f"Review {opened.pk} is not closed: nobody has signed for customer."):
        HealthReview.objects.update(closed_at=AT)


def test_a_closed_review_is_not_opened_again(domain):
    opened = review(domain)
    signed(opened, domain)
    HealthReview.objects.update(closed_at=AT)

    with refused(KEPT):
        HealthReview.objects.update(closed_at=None)


def signature(opened: HealthReview, domain, by: User) -> SignOff:
    return SignOff.objects.create(
        review=opened, domain=domain, by=by, at=AT, remark="All is well."
    )


def superuser(domain) -> User:
    return make.superuser(make.owner(domain))


def leaver(domain) -> User:
    found = make.owner(domain)
    User.objects.filter(pk=found.pk).update(is_active=False)
    return found


@pytest.mark.parametrize(
    "who",
    [
        make.domain_steward,
        superuser,
        leaver,
        lambda _: make.owner(make.domain("other")),
    ],
    ids=["a steward", "a superuser", "who has left", "an owner of another domain"],
)
def test_only_an_owner_of_a_domain_signs_for_it(domain, who):
    opened = review(domain)

    with refused("Only an owner of customer signs for it."):
        signature(opened, domain, who(domain))


def test_a_domain_that_is_not_asked_about_is_not_signed_for(domain):
    opened = review(make.domain("orders"))

    with refused(f"Review {opened.pk} does not ask about customer."):
        signature(opened, domain, make.owner(domain))


def test_a_closed_review_is_not_signed(domain):
    opened = review(domain)
    signed(opened, domain)
    HealthReview.objects.update(closed_at=AT)

    with refused(f"Review {opened.pk} is closed."):
        signature(opened, domain, make.owner(domain))


def test_a_domain_is_signed_for_once(domain):
    opened = review(domain)
    signed(opened, domain)

    with broken("domain_is_signed_for_once"):
        signature(opened, domain, make.owner(domain))


def test_an_occasion_opens_one_review(domain):
    review(domain, occasion="quarter 2026-01")

    with pytest.raises(IntegrityError, match="occasion"), transaction.atomic():
        review(domain, occasion="quarter 2026-01")


def action(opened: HealthReview, who: User) -> ReviewAction:
    return ReviewAction.objects.create(
        review=opened, what="Retire the tax note", who=who, due_on=date(2026, 5, 1),
        added_by=who, added_at=AT,
    )  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        {"what": "Nothing"},
        {"due_on": date(2030, 1, 1)},
        {"added_at": AT + timedelta(1)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_was_agreed_on_is_ticked_off_and_no_more(domain, change):
    action(review(domain), make.owner(domain))

    with refused(DONE):
        ReviewAction.objects.update(**change)


def test_what_is_done_stays_done(domain):
    by = make.owner(domain)
    action(review(domain), by)
    ReviewAction.objects.update(done_at=AT, done_by=by)

    with refused(DONE):
        ReviewAction.objects.update(done_at=None, done_by=None)


def test_somebody_has_done_what_is_done(domain):
    action(review(domain), make.owner(domain))

    with broken("somebody_has_done_it"):
        ReviewAction.objects.update(done_at=AT)


def test_the_log_names_who_signed_what_was_agreed_on_and_that_it_closed(domain):
    by = make.owner(domain)
    opened = review(domain, occasion="quarter 2026-01")
    todo = action(opened, by)
    signature(opened, domain, by)
    ReviewAction.objects.update(done_at=AT, done_by=by)
    HealthReview.objects.update(closed_at=AT)

    role = connection.settings_dict["USER"]
    assert events("review", "action") == [
        (role, "opened", "quarter 2026-01", "A quarter is over."),
        (by.username, "agreed on", f"quarter 2026-01/{todo.pk}", "Retire the tax note"),
        (by.username, "signed", "quarter 2026-01", "All is well."),
        (by.username, "did", f"quarter 2026-01/{todo.pk}", "Retire the tax note"),
        (role, "closed", "quarter 2026-01", ""),
    ]


def test_the_log_keeps_a_digest_of_the_facts_that_were_signed(domain):
    review(domain, facts={"domains": [], "sections": []})
    review(domain, facts={"domains": [], "sections": ["made up"]})

    kept = [
        each.new["facts"] for each in GovernanceEvent.objects.filter(verb="opened", object_type="review")
    ]  # fmt: skip
    assert len(set(kept)) == 2 and {len(each) for each in kept} == {64}


@pytest.mark.parametrize(
    "function",
    ["governance_sign()", "governance_close_review()", "governance_log_signoff()"],
)
def test_a_rule_of_a_review_is_not_hung_on_a_table_of_theirs(function):
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        typed("create temporary table mine (id bigint)")
        typed(
            f"create trigger theirs before insert on mine for each row "
            f"execute function {function}"
        )
